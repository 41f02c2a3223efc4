select
    school_year,
    district_id,
    grade_id,
    demographic_group_id,
    student_count,
    student_count_status,
    landed_sha256,
    line_number
from {{ ref('int_enrollment') }}
where organization_level = 'district' and not is_regional_total and grade_id <> 'all_grades'
