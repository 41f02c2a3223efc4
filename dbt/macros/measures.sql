{# Part / whole, 0..1; null if the whole is 0 or null. #}
{% macro share(part, whole) -%}
    cast({{ part }} as {{ type_double() }}) / nullif({{ whole }}, 0)
{%- endmacro %}

{#
    A bound of the range that chance could as well have given for a share of n people: the 95% Wilson score interval (Wilson
    1927). Unlike the usual normal interval, it stays within 0..1 and holds for small n. `bound` is '-' or '+'. For a share of
    0 the lower bound is exactly 0, and for a share of 1 the upper bound is exactly 1, without rounding.
#}
{% macro wilson_bound(part, whole, bound) -%}
    case
        when {{ whole }} > 0 and {{ part }} = {{ '0' if bound == '-' else whole }} then {{ '0' if bound == '-' else '1' }}
        else (
            {{ share(part, whole) }} + 3.8414588206941236e0 / (2 * nullif({{ whole }}, 0))
            {{ bound }} 1.959963984540054e0 * sqrt(
                {{ share(part, whole) }} * (1 - {{ share(part, whole) }}) / nullif({{ whole }}, 0)
                + 3.8414588206941236e0 / (4e0 * nullif({{ whole }}, 0) * nullif({{ whole }}, 0))
            )
        ) / (1 + 3.8414588206941236e0 / nullif({{ whole }}, 0))
    end
{%- endmacro %}

{# Share among teachers minus share among students, in percentage points. #}
{% macro gap_pp(teacher_share, student_share) -%}
    100 * ({{ teacher_share }} - {{ student_share }})
{%- endmacro %}

{# Share among teachers / share among students; null if the share among students is 0. #}
{% macro parity_ratio(teacher_share, student_share) -%}
    {{ teacher_share }} / nullif({{ student_share }}, 0)
{%- endmacro %}

{#
    Number of positions that would have to change to a teacher of the group for its share to reach the students' share; 0 if it
    already does. It divides only in the last step, so that exact parity needs 0 and not 1. Null if there are no teachers.
#}
{% macro teachers_to_parity(students, all_students, teachers, all_teachers) -%}
    {%- set missing -%}
        (
            cast({{ students }} as {{ type_double() }}) * nullif({{ all_teachers }}, 0)
            - cast({{ teachers }} as {{ type_double() }}) * {{ all_students }}
        ) / nullif({{ all_students }}, 0)
    {%- endset -%}
    cast(case when {{ missing }} <= 0 then 0 else ceil({{ missing }}) end as integer)
{%- endmacro %}

{# The sum of a column over the rows of the condition; null if a figure is missing or suppressed. #}
{% macro sum_if_all_known(column, condition) -%}
    case
        when
            count(case when {{ condition }} then 1 end) > 0
            and count(case when {{ condition }} and {{ column }} is null then 1 end) = 0
        then cast(sum(case when {{ condition }} then {{ column }} end) as integer)
    end
{%- endmacro %}

{#
    The part of two compositions that coincides: 1 - 1/2 sum |t - s| over the groups of a category. An aggregate over rows
    (one per group) with the counts and the totals. It adds integers and divides once, because sums of fractions depend on
    the order of addition. A group missing among students or teachers counts as 0.
#}
{% macro overlap(students, all_students, teachers, all_teachers) -%}
    1 - cast(
        sum(abs(
            cast(coalesce({{ teachers }}, 0) as bigint) * {{ all_students }}
            - cast(coalesce({{ students }}, 0) as bigint) * {{ all_teachers }}
        )) as {{ type_double() }}
    ) / nullif(2 * cast(max({{ all_students }}) as bigint) * max({{ all_teachers }}), 0)
{%- endmacro %}
