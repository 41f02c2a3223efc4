with school_years as (
    select
        school_year,
        max(case when is_preliminary then 1 else 0 end) = 1 as is_preliminary
    from {{ ref('stg_rollcall__source_partition') }}
    where rows_loaded_count > 0
    group by school_year
),

organizations as (
    select distinct school_year, described_in from {{ ref('int_organization') }}
),

final as (
    select
        school_years.school_year,
        cast(substring(school_years.school_year, 1, 4) as integer) as starts_in,
        cast(substring(school_years.school_year, 1, 4) as integer) + 1 as ends_in,
        max(case when organizations.described_in = 'enrollment' then 1 else 0 end) = 1 as has_enrollment,
        max(case when organizations.described_in = 'teachers' then 1 else 0 end) = 1 as has_teachers,
        max(case when organizations.described_in = 'school_list' then 1 else 0 end) = 1 as has_school_list,
        school_years.is_preliminary
    from school_years
    left join organizations
        on school_years.school_year = organizations.school_year
    group by school_years.school_year, school_years.is_preliminary
)

select * from final
