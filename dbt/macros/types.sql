{# The engines' names of column types. Integers are `integer` and `bigint` everywhere. #}
{% macro type_text() -%}
    {{ return(adapter.dispatch('type_text', 'rollcall')()) }}
{%- endmacro %}

{% macro default__type_text() -%}
    string
{%- endmacro %}

{% macro postgres__type_text() -%}
    text
{%- endmacro %}

{% macro type_double() -%}
    {{ return(adapter.dispatch('type_double', 'rollcall')()) }}
{%- endmacro %}

{% macro default__type_double() -%}
    double
{%- endmacro %}

{% macro postgres__type_double() -%}
    double precision
{%- endmacro %}
