{{ config(materialized='table') }}

with described as (
    {% for described_in, publishers, table in [
        ('enrollment', var('enrollment_publishers'), 'enrollment_row'),
        ('teachers', var('teacher_publishers'), 'teachers'),
    ] -%}
    {% for publisher in publishers -%}
    select
        '{{ publisher }}' as publisher_id,
        '{{ described_in }}' as described_in,
        school_year,
        organization_level,
        is_regional_total,
        county_id,
        county_code,
        county_name,
        esd_id,
        esd_name,
        district_id,
        district_code,
        district_name,
        school_id,
        school_code,
        school_name,
        school_type_code
    from {{ ref('stg_' ~ publisher ~ '__' ~ table) }}
    union all
    {% endfor %}
    {% endfor %}
    select
        publisher_id,
        'school_list' as described_in,
        school_year,
        'school' as organization_level,
        false as is_regional_total,
        county_id,
        county_code,
        cast(null as {{ type_text() }}) as county_name,
        cast(null as {{ type_text() }}) as esd_id,
        cast(null as {{ type_text() }}) as esd_name,
        district_id,
        district_code,
        cast(null as {{ type_text() }}) as district_name,
        school_id,
        school_code,
        cast(null as {{ type_text() }}) as school_name,
        cast(null as {{ type_text() }}) as school_type_code
    from {{ ref('int_school_list') }}
),

final as (
    select distinct * from described
)

select * from final
