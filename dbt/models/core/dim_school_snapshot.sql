with schools as (
    select * from {{ ref('int_organization') }}
    where organization_level = 'school'
),

final as (
    select
        school_year,
        school_id,
        min(school_code) as school_code,
        min(district_id) as district_id,
        min(district_code) as district_code,
        {% for column in ['school_name', 'district_name', 'school_type_code'] -%}
        coalesce(
            min(case when described_in = 'enrollment' then {{ column }} end),
            min(case when described_in = 'teachers' then {{ column }} end)
        ) as {{ column }},
        {% endfor -%}
        max(case when described_in = 'enrollment' then 1 else 0 end) = 1 as has_enrollment,
        max(case when described_in = 'teachers' then 1 else 0 end) = 1 as has_teachers
    from schools
    group by school_year, school_id
)

select * from final
