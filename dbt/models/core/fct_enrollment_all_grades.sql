select
    school_year,
    school_id,
    demographic_group_id,
    student_count,
    student_count_status,
    landed_sha256,
    line_number
from {{ ref('int_enrollment') }}
where organization_level = 'school' and grade_id = 'all_grades'
