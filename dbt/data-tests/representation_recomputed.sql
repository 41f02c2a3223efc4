-- Gap and parity ratio, computed once more straight from the facts, in one step and with the groups named.
with {% for person, facts in [('student', 'fct_enrollment_all_grades'), ('teacher', 'fct_teacher')] -%}
{{ person }}s as (
    select
        school_year,
        school_id,
        max(case when demographic_group_id = 'total' then {{ person }}_count end) as total_count,
        sum(case when demographic_group_id in (
            'american_indian_alaskan_native', 'asian', 'black_african_american', 'hispanic_latino',
            'native_hawaiian_pacific_islander', 'two_or_more_races'
        ) then {{ person }}_count end) as of_color_count
    from {{ ref(facts) }}
    group by school_year, school_id
),
{% endfor %}
recomputed as (
    select
        students.school_year,
        students.school_id,
        100e0 * teachers.of_color_count / nullif(teachers.total_count, 0)
        - 100e0 * students.of_color_count / nullif(students.total_count, 0) as gap_pp,
        (1e0 * teachers.of_color_count * students.total_count)
        / nullif(1e0 * students.of_color_count * teachers.total_count, 0) as parity_ratio
    from students
    inner join teachers
        on students.school_year = teachers.school_year
        and students.school_id = teachers.school_id
)

select
    representation.school_year,
    representation.school_id,
    representation.gap_pp,
    recomputed.gap_pp as gap_pp_recomputed,
    representation.parity_ratio,
    recomputed.parity_ratio as parity_ratio_recomputed
from {{ ref('school_representation') }} as representation
inner join recomputed
    on representation.school_year = recomputed.school_year
    and representation.school_id = recomputed.school_id
where abs(representation.gap_pp - recomputed.gap_pp) > 0.0000001
    or abs(representation.parity_ratio - recomputed.parity_ratio) > 0.0000001
