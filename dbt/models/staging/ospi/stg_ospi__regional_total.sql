{{ config(materialized='table') }}

with published as (
    select district_code, organization_level from {{ source('ospi', 'ospi_enrollment_row') }}
    union all
    select district_code, organization_level from {{ source('ospi', 'ospi_teachers') }}
),

corrections as (
    select * from {{ ref('stg_rollcall__correction') }}
    where action = 'not_a_district' and source_id in ('ospi-enrollment', 'ospi-teachers')
),

final as (
    select published.district_code
    from published
    inner join corrections
        on published.district_code like corrections.district_code
    group by published.district_code
    having count(case when published.organization_level = 'school' then 1 end) = 0
)

select * from final
