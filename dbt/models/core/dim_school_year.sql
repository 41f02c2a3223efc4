with partitions as (
    select * from {{ ref('stg_rollcall__source_partition') }}
),

final as (
    select
        school_year,
        cast(substring(school_year, 1, 4) as integer) as starts_in,
        cast(substring(school_year, 1, 4) as integer) + 1 as ends_in,
        max(case when source_id = 'ospi-enrollment' then 1 else 0 end) = 1 as has_enrollment,
        max(case when source_id = 'ospi-teachers' then 1 else 0 end) = 1 as has_teachers,
        max(case when source_id = 'school-list' then 1 else 0 end) = 1 as has_school_list
    from partitions
    where rows_loaded_count > 0
    group by school_year
)

select * from final
