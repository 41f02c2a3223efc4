{# A part of a whole, 0..1; null where there is no whole. #}
{% macro share(part, whole) -%}
    cast({{ part }} as {{ type_double() }}) / nullif({{ whole }}, 0)
{%- endmacro %}

{#
    The 95 % Wilson score interval of a share (Wilson 1927): where the true share may lie, seen from n people. It stays
    within 0..1 and holds for small n, where the usual normal interval does not. `bound` is '-' or '+'.
#}
{% macro wilson_bound(part, whole, bound) -%}
    (
        {{ share(part, whole) }} + 3.8414588206941236e0 / (2 * nullif({{ whole }}, 0))
        {{ bound }} 1.959963984540054e0 * sqrt(
            {{ share(part, whole) }} * (1 - {{ share(part, whole) }}) / nullif({{ whole }}, 0)
            + 3.8414588206941236e0 / (4e0 * nullif({{ whole }}, 0) * nullif({{ whole }}, 0))
        )
    ) / (1 + 3.8414588206941236e0 / nullif({{ whole }}, 0))
{%- endmacro %}

{# The sum of a column where every row has a figure; null where one is missing or suppressed. #}
{% macro sum_if_all_known(column, condition) -%}
    case
        when
            count(case when {{ condition }} then 1 end) > 0
            and count(case when {{ condition }} and {{ column }} is null then 1 end) = 0
        then cast(sum(case when {{ condition }} then {{ column }} end) as integer)
    end
{%- endmacro %}
