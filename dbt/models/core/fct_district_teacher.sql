with districts as (
    select * from {{ ref('dim_district') }}
)

select
    teachers.school_year,
    districts.district_id,
    teachers.demographic_group_id,
    teachers.teacher_total_count,
    teachers.teacher_count,
    teachers.teacher_count_status,
    teachers.years_of_experience_sum,
    teachers.masters_or_higher_count,
    teachers.landed_sha256,
    teachers.line_number
from {{ ref('stg_ospi__teachers') }} as teachers
inner join districts
    on teachers.district_code = districts.district_code
where teachers.organization_level = 'district'
