{%- set row = 'school_id, demographic_group_id' -%}
{%- set figures = ['student_count', 'teacher_count'] -%}
{%- set compared = [
    'school_year', 'teacher_share', 'teacher_share_chance_low', 'teacher_share_chance_high', 'gap_pp', 'grade_set'
] -%}
with by_group as (
    select * from {{ ref('school_representation_by_group') }}
),

-- Half a day of kindergarten and a whole one are one grade. A count that is withheld is a small one, not none.
grades as (
    select distinct
        school_year,
        school_id,
        case grade_id when 'half_day_kindergarten' then 'kindergarten' else grade_id end as grade_id
    from {{ ref('fct_enrollment') }}
    where demographic_group_id = 'total'
        and (student_count > 0 or student_count_status not in ('value', 'missing'))
),

-- A school's grades as one number, a power of 2 for each.
grade_sets as (
    select
        grades.school_year,
        grades.school_id,
        cast(sum(power(2, names.sort_order)) as bigint) as grade_set
    from grades
    inner join {{ ref('dim_grade') }} as names
        on grades.grade_id = names.grade_id
    group by grades.school_year, grades.school_id
),

with_grades as (
    select
        by_group.*,
        grade_sets.grade_set
    from by_group
    left join grade_sets
        on by_group.school_year = grade_sets.school_year
        and by_group.school_id = grade_sets.school_id
),

with_past as (
    select
        *,
        {% for column in compared -%}
        {{ before(column, row, figures) }} as previous_{{ column }},
        {{ first_with_gap(column, row) }} as first_{{ column }},
        {% endfor -%}
        {{ change('student_count', row, figures) }} as student_count_change,
        {{ change('student_share', row, figures) }} as student_share_change,
        {{ change('teacher_count', row, figures) }} as teacher_count_change
    from with_grades
),

with_changes as (
    select
        *,
        gap_pp - previous_gap_pp as gap_change_pp,
        gap_pp - previous_gap_pp - 100 * {{ newcombe_distance('teacher_share', 'previous_teacher_share', '-') }}
            as gap_change_low_pp,
        gap_pp - previous_gap_pp + 100 * {{ newcombe_distance('teacher_share', 'previous_teacher_share', '+') }}
            as gap_change_high_pp,
        gap_pp - first_gap_pp as gap_change_since_first_pp,
        case
            when first_school_year < school_year
            then gap_pp - first_gap_pp - 100 * {{ newcombe_distance('teacher_share', 'first_teacher_share', '-') }}
        end as gap_change_since_first_low_pp,
        case
            when first_school_year < school_year
            then gap_pp - first_gap_pp + 100 * {{ newcombe_distance('teacher_share', 'first_teacher_share', '+') }}
        end as gap_change_since_first_high_pp
    from with_past
),

final as (
    select
        school_year,
        school_id,
        region_id,
        school_code,
        school_name,
        district_name,
        category_type,
        demographic_group_id,
        demographic_group,
        student_count,
        student_share,
        teacher_count,
        teacher_share,
        gap_pp,
        parity_ratio,
        previous_school_year,
        student_count_change,
        100 * student_share_change as student_share_change_pp,
        teacher_count_change,
        100 * (teacher_share - previous_teacher_share) as teacher_share_change_pp,
        gap_change_pp,
        gap_change_low_pp,
        gap_change_high_pp,
        {{ gap_verdict('previous_gap_pp', 'gap_change_low_pp', 'gap_change_high_pp') }} as gap_change_verdict,
        grade_set <> previous_grade_set as grade_span_changed,
        first_school_year as first_school_year_with_gap,
        gap_change_since_first_pp,
        gap_change_since_first_low_pp,
        gap_change_since_first_high_pp,
        {{ gap_verdict('first_gap_pp', 'gap_change_since_first_low_pp', 'gap_change_since_first_high_pp') }}
            as gap_change_since_first_verdict,
        grade_set <> first_grade_set as grade_span_changed_since_first,
        is_small
    from with_changes
)

select * from final
