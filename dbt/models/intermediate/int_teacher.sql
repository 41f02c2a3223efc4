{% for publisher in var('teacher_publishers') -%}
select
    '{{ publisher }}' as publisher_id,
    school_year,
    organization_level,
    is_regional_total,
    district_id,
    school_id,
    demographic_group_id,
    teacher_total_count,
    teacher_count,
    teacher_count_status,
    years_of_experience_sum,
    masters_or_higher_count,
    landed_sha256,
    line_number
from {{ ref('stg_' ~ publisher ~ '__teachers') }}
{{ 'union all' if not loop.last }}
{% endfor %}
