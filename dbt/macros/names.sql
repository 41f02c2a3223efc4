{# A label as labels are compared: lower case, letters and digits only. "Black/ African American" is blackafricanamerican. #}
{% macro label_key(column) -%}
    {{ return(adapter.dispatch('label_key', 'rollcall')(column)) }}
{%- endmacro %}

{% macro default__label_key(column) -%}
    regexp_replace(lower({{ column }}), '[^a-z0-9]', '')
{%- endmacro %}

{% macro duckdb__label_key(column) -%}
    regexp_replace(lower({{ column }}), '[^a-z0-9]', '', 'g')
{%- endmacro %}

{% macro postgres__label_key(column) -%}
    regexp_replace(lower({{ column }}), '[^a-z0-9]', '', 'g')
{%- endmacro %}

{# Our id of a school: the publisher's codes of district and school. School codes alone are the publisher's to reuse. #}
{% macro school_id(district_code, school_code) -%}
    case
        when {{ district_code }} is not null and {{ school_code }} is not null
        then {{ district_code }} || '-' || {{ school_code }}
    end
{%- endmacro %}
