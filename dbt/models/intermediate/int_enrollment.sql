{% for publisher in var('enrollment_publishers') -%}
select
    '{{ publisher }}' as publisher_id,
    school_year,
    organization_level,
    is_regional_total,
    district_id,
    school_id,
    grade_id,
    demographic_group_id,
    student_count,
    student_count_status,
    printed_student_count,
    landed_sha256,
    line_number
from {{ ref('stg_' ~ publisher ~ '__enrollment') }}
{{ 'union all' if not loop.last }}
{% endfor %}
