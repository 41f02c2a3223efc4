{# What chance alone would give. The arguments of the logarithms are doubles. #}

{# The whole numbers below a power of ten as doubles, a subquery with the column n. #}
{% macro numbers(digits) -%}
    (
        select cast({% for digit in range(digits) %}digit_{{ digit }}.n * {{ 10 ** digit }}{{ ' + ' if not loop.last }}{% endfor %} as {{ type_double() }}) as n
        from {% for digit in range(digits) -%}
        (select 0 as n {% for n in range(1, 10) %}union all select {{ n }} {% endfor %}) as digit_{{ digit }}
        {{ 'cross join ' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# The whole part of a quotient. By integers, because a quotient of doubles could round up to a whole number. #}
{% macro whole_quotient(dividend, divisor) -%}
    (({{ dividend }}) - mod({{ dividend }}, {{ divisor }})) / ({{ divisor }})
{%- endmacro %}

{#
    ln(n!) by Stirling's series for (n + 9)!, whose next term is below 1e-13, less the nine factors too many. A table of
    sums of logarithms would say the same, and would need a largest n.
#}
{% macro log_factorial(n) -%}
    {%- set x = '(' ~ n ~ ' + 10)' -%}
    {%- set xx = '(' ~ x ~ ' * ' ~ x ~ ')' -%}
    (
        ({{ x }} - 0.5e0) * ln({{ x }}) - {{ x }} + 0.9189385332046727e0
        + (1 / 12e0 - (1 / 360e0 - (1 / 1260e0 - (1 / 1680e0 - 1 / 1188e0 / {{ xx }}) / {{ xx }}) / {{ xx }}) / {{ xx }}) / {{ x }}
        - ln({% for factor in range(1, 10) %}({{ n }} + {{ factor }}){{ ' * ' if not loop.last }}{% endfor %})
    )
{%- endmacro %}

{# ln(n choose k). #}
{% macro log_choose(n, k) -%}
    ({{ log_factorial(n) }} - {{ log_factorial(k) }} - {{ log_factorial('(' ~ n ~ ' - ' ~ k ~ ')') }})
{%- endmacro %}

{# A probability from its logarithm. Postgres fails on one too small for a double, which is as good as none. #}
{% macro probability(logarithm) -%}
    exp(greatest({{ logarithm }}, -300e0))
{%- endmacro %}

{# A fraction to twelve digits, so that engines agree on it, and tests with what is worked out by hand. #}
{% macro to_twelve_digits(fraction) -%}
    cast(cast({{ fraction }} as decimal(28, 12)) as {{ type_double() }})
{%- endmacro %}

{# The sum of fractions. Decimals, because the sum of doubles depends on the order of addition. #}
{% macro sum_of_fractions(fraction, window='') -%}
    cast(sum(cast({{ fraction }} as decimal(28, 15))) {{ window }} as {{ type_double() }})
{%- endmacro %}

{% macro square(x) -%}
    ({{ x }}) * ({{ x }})
{%- endmacro %}
