select
    grade_id,
    grade_name,
    sort_order
from {{ ref('grades') }}
where not is_all_grades
