select
    school_year,
    school_id,
    demographic_group_id,
    teacher_total_count,
    teacher_count,
    teacher_count_status,
    years_of_experience_sum,
    masters_or_higher_count,
    landed_sha256,
    line_number
from {{ ref('stg_ospi__teachers') }}
where organization_level = 'school'
