{#
    The window from one school year to the next. `row` names the columns that a row shares with its predecessor: the row of the
    school year before, or, if the warehouse lacks it, of the latest earlier one.
#}
{% macro before(column, row) -%}
    lag({{ column }}) over (partition by {{ row }} order by school_year)
{%- endmacro %}

{% macro change(column, row) -%}
    {{ column }} - {{ before(column, row) }}
{%- endmacro %}

{# The change of a share, in percentage points. #}
{% macro change_pp(share, row) -%}
    100 * ({{ change(share, row) }})
{%- endmacro %}

{# The first school year in which the gap is known. #}
{% macro first_with_gap(column, row) -%}
    first_value({{ column }}) over (partition by {{ row }}, gap_pp is null order by school_year)
{%- endmacro %}

{#
    Representation from year to year: the rows of a relation by group, each with what has changed. `keys` are the columns that say
    which organization a row is of, `names` those that name it for people.
#}
{% macro trend(keys, by_group, names) -%}
    {%- set row = keys | join(', ') ~ ', demographic_group_id' -%}
    select
        school_year,
        {{ keys | join(', ') }},
        {{ names | join(', ') }},
        category_type,
        demographic_group_id,
        demographic_group,
        student_count,
        student_share,
        teacher_count,
        teacher_share,
        gap_pp,
        parity_ratio,
        {{ before('school_year', row) }} as previous_school_year,
        {{ change('student_count', row) }} as student_count_change,
        {{ change_pp('student_share', row) }} as student_share_change_pp,
        {{ change('teacher_count', row) }} as teacher_count_change,
        {{ change_pp('teacher_share', row) }} as teacher_share_change_pp,
        {{ change('gap_pp', row) }} as gap_change_pp,
        case when gap_pp is not null then {{ first_with_gap('school_year', row) }} end as first_school_year_with_gap,
        gap_pp - {{ first_with_gap('gap_pp', row) }} as gap_change_since_first_pp,
        is_small
    from {{ by_group }}
{%- endmacro %}
