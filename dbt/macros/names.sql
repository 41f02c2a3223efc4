{# A label in the form used to compare labels: lower case, letters and digits only. "Black/ African American" is blackafricanamerican. #}
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

{# Our id of a school: the publisher's codes of district and school, because the publisher may reuse school codes. #}
{% macro school_id(district_code, school_code) -%}
    case
        when {{ district_code }} is not null and {{ school_code }} is not null
        then {{ district_code }} || '-' || {{ school_code }}
    end
{%- endmacro %}

{#
    Each place once, with its latest name. Where the files of a school year differ, enrollment's name comes before the
    teachers'. `codes` are further columns of the place.
#}
{% macro latest_names(organizations, place, codes=[]) -%}
    {%- set columns = [place ~ '_id'] + codes + [place ~ '_name'] -%}
    select {{ columns | join(', ') }}
    from (
        select
            {{ columns | join(', ') }},
            row_number() over (
                partition by {{ place }}_id
                order by
                    case when {{ place }}_name is null then 1 else 0 end,
                    school_year desc,
                    described_in,
                    {{ place }}_name
            ) as nth
        from {{ organizations }}
        where {{ place }}_id is not null
    ) as ranked
    where nth = 1
{%- endmacro %}

{# Districts and regions in one relation, with their names. #}
{% macro districts_and_regions() -%}
    {% for level in ['district', 'region'] -%}
    select '{{ level }}' as organization_level, {{ level }}_id as organization_id, {{ level }}_name as organization_name
    from {{ ref('dim_' ~ level) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}
