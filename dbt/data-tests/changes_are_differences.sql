-- A change is the difference between a year's figure and the figure of previous_school_year.
{% for organization in ['school', 'district', 'region'] %}
select
    '{{ organization }}' as organization,
    this_year.school_year,
    this_year.{{ organization }}_id as organization_id,
    this_year.demographic_group_id,
    this_year.gap_change_pp,
    this_year.gap_pp - year_before.gap_pp as difference
from {{ ref(organization ~ '_trend') }} as this_year
left join {{ ref(organization ~ '_trend') }} as year_before
    on this_year.previous_school_year = year_before.school_year
    and this_year.{{ organization }}_id = year_before.{{ organization }}_id
    and this_year.demographic_group_id = year_before.demographic_group_id
where (this_year.previous_school_year is not null and year_before.school_year is null)
    or this_year.previous_school_year >= this_year.school_year
    or abs(this_year.gap_change_pp - (this_year.gap_pp - year_before.gap_pp)) > 0.0000001
    or (this_year.gap_change_pp is null and this_year.gap_pp is not null and year_before.gap_pp is not null)
    or abs(this_year.teacher_share_change_pp - 100 * (this_year.teacher_share - year_before.teacher_share)) > 0.0000001
    or this_year.student_count_change <> this_year.student_count - year_before.student_count
{{ 'union all' if not loop.last }}
{% endfor %}
