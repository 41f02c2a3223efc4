with schools as (
    select * from {{ ref('schools') }}
),

by_group as (
    select
        school_representation_by_group.*,
        groups.is_of_color
    from {{ ref('school_representation_by_group') }} as school_representation_by_group
    inner join {{ ref('dim_demographic_group') }} as groups
        on school_representation_by_group.demographic_group_id = groups.demographic_group_id
    where school_representation_by_group.category_type = 'race_ethnicity'
),

-- Students have no category "not provided": their share of it is 0.
compositions as (
    select
        school_year,
        school_id,
        {{ sum_if_all_known('student_count', 'is_of_color') }} as students_of_color_count,
        {{ sum_if_all_known('teacher_count', 'is_of_color') }} as teachers_of_color_count,
        max(case when demographic_group = 'not_provided' then teacher_count end) as teachers_not_provided_count,
        case
            when
                count(case when demographic_group <> 'not_provided' and student_share is null then 1 end) = 0
                and count(case when teacher_share is null then 1 end) = 0
            -- Whole numbers up to the one division: sums of fractions depend on the order in which they are added.
            then
                1 - cast(
                    sum(abs(
                        cast(teacher_count as bigint) * all_students_count
                        - cast(coalesce(student_count, 0) as bigint) * all_teachers_count
                    )) as {{ type_double() }}
                ) / nullif(2 * cast(max(all_students_count) as bigint) * max(all_teachers_count), 0)
        end as overlap,
        case
            when
                count(case when demographic_group <> 'not_provided' and student_count is null then 1 end) = 0
                and count(case when teacher_count is null then 1 end) = 0
            then cast(count(case when student_count > 0 and teacher_count = 0 then 1 end) as integer)
        end as groups_without_a_teacher
    from by_group
    group by school_year, school_id
),

shares as (
    select
        schools.*,
        schools.teacher_count as all_teachers_count,
        compositions.students_of_color_count,
        {{ share('compositions.students_of_color_count', 'schools.all_students_count') }} as students_of_color_share,
        compositions.teachers_of_color_count,
        {{ share('compositions.teachers_of_color_count', 'schools.teacher_count') }} as teachers_of_color_share,
        {{ wilson_bound('compositions.teachers_of_color_count', 'schools.teacher_count', '-') }}
            as teachers_of_color_share_ci_low,
        {{ wilson_bound('compositions.teachers_of_color_count', 'schools.teacher_count', '+') }}
            as teachers_of_color_share_ci_high,
        compositions.teachers_not_provided_count,
        {{ share(
            '(compositions.teachers_of_color_count + compositions.teachers_not_provided_count)', 'schools.teacher_count'
        ) }} as teachers_of_color_share_high,
        compositions.overlap,
        compositions.groups_without_a_teacher,
        (
            cast(compositions.students_of_color_count as {{ type_double() }}) * nullif(schools.teacher_count, 0)
            - cast(compositions.teachers_of_color_count as {{ type_double() }}) * schools.all_students_count
        ) / nullif(schools.all_students_count, 0) as missing_teachers
    from schools
    left join compositions
        on schools.school_year = compositions.school_year
        and schools.school_id = compositions.school_id
),

final as (
    select
        school_year,
        school_id,
        school_code,
        school_name,
        district_code,
        district_name,
        school_types,
        all_students_count,
        students_of_color_count,
        students_of_color_share,
        all_teachers_count,
        teachers_of_color_count,
        teachers_of_color_share,
        teachers_of_color_share_ci_low,
        teachers_of_color_share_ci_high,
        teachers_not_provided_count,
        teachers_of_color_share_high,
        100 * (teachers_of_color_share - students_of_color_share) as gap_pp,
        teachers_of_color_share / nullif(students_of_color_share, 0) as parity_ratio,
        overlap,
        groups_without_a_teacher,
        -- Whole numbers until the last step, so that exact parity needs 0 more teachers and not 1.
        cast(case when missing_teachers <= 0 then 0 else ceil(missing_teachers) end as integer) as teachers_to_parity,
        coalesce(
            all_students_count < {{ var('small_number') }} or all_teachers_count < {{ var('small_number') }},
            false
        ) as is_small
    from shares
)

select * from final
