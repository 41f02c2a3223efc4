-- A school's change is the difference between a year's figure and that of the year it names. That of a district or region is the
-- sum of what its compared schools have gained and lost, and of their shares.
select
    'school' as organization,
    this_year.school_year,
    this_year.school_id as organization_id,
    this_year.demographic_group_id,
    this_year.gap_change_pp,
    this_year.gap_pp - year_before.gap_pp as difference
from {{ ref('school_trend') }} as this_year
left join {{ ref('school_trend') }} as year_before
    on this_year.previous_school_year = year_before.school_year
    and this_year.school_id = year_before.school_id
    and this_year.demographic_group_id = year_before.demographic_group_id
where (this_year.previous_school_year is not null and year_before.school_year is null)
    or this_year.previous_school_year >= this_year.school_year
    or abs(this_year.gap_change_pp - (this_year.gap_pp - year_before.gap_pp)) > 0.0000001
    or (this_year.gap_change_pp is null and this_year.gap_pp is not null and year_before.gap_pp is not null)
    or abs(this_year.teacher_share_change_pp - 100 * (this_year.teacher_share - year_before.teacher_share)) > 0.0000001
    or this_year.student_count_change <> this_year.student_count - year_before.student_count
    or this_year.gap_change_pp < this_year.gap_change_low_pp
    or this_year.gap_change_pp > this_year.gap_change_high_pp
    or (this_year.gap_change_verdict <> 'no clear change' and this_year.gap_change_low_pp * this_year.gap_change_high_pp <= 0)
{% for organization in ['district', 'region'] -%}
{% for since, matched, ending in [
    ('previous_school_year', 'matched_school_count', ''),
    ('first_school_year_with_gap', 'matched_since_first_school_count', '_since_first'),
] %}
union all
select
    '{{ organization }}' as organization,
    trends.school_year,
    trends.{{ organization }}_id as organization_id,
    trends.demographic_group_id,
    trends.gap_change{{ ending }}_pp as gap_change_pp,
    panels.gap_change_pp as difference
from {{ ref(organization ~ '_trend') }} as trends
left join (
    select
        present.school_year,
        past.school_year as since_school_year,
        present.region_id,
        {{ 'present.district_id,' if organization == 'district' }}
        present.demographic_group_id,
        count(*) as matched_count,
        sum(present.teacher_count - past.teacher_count) as teacher_count_change,
        100e0 * sum(present.teacher_count) / sum(present.all_teachers_count)
        - 100e0 * sum(past.teacher_count) / sum(past.all_teachers_count)
        - 100e0 * sum(present.student_count) / sum(present.all_students_count)
        + 100e0 * sum(past.student_count) / sum(past.all_students_count) as gap_change_pp
    from {{ ref('int_school_composition') }} as present
    inner join {{ ref('int_school_composition') }} as past
        on present.school_id = past.school_id
        and present.region_id = past.region_id
        and present.district_id = past.district_id
        and present.demographic_group_id = past.demographic_group_id
    where present.all_teachers_count > 0 and past.all_teachers_count > 0
    group by
        present.school_year,
        past.school_year,
        present.region_id,
        {{ 'present.district_id,' if organization == 'district' }}
        present.demographic_group_id
) as panels
    on trends.school_year = panels.school_year
    and trends.{{ since }} = panels.since_school_year
    and trends.region_id = panels.region_id
    {{ 'and trends.district_id = panels.district_id' if organization == 'district' }}
    and trends.demographic_group_id = panels.demographic_group_id
where trends.{{ since }} > trends.school_year
    or trends.{{ matched }} <> coalesce(panels.matched_count, 0)
    or trends.{{ matched }} > trends.compared_school_count
    or trends.teacher_count_change{{ ending }} <> panels.teacher_count_change
    or abs(trends.gap_change{{ ending }}_pp - panels.gap_change_pp) > 0.0000001
    or (trends.gap_change{{ ending }}_pp is null and panels.gap_change_pp is not null)
{%- endfor %}
{%- endfor %}
