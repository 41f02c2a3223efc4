{{ config(materialized='table') }}

with schools as (
    select * from {{ ref('schools') }}
),

demographics as (
    select * from {{ ref('school_demographics') }}
),

groups as (
    select * from {{ ref('dim_demographic_group') }}
    where category_type in ('race_ethnicity', 'gender')
),

figures as (
    select
        schools.school_year,
        schools.school_id,
        schools.region_id,
        schools.district_id,
        groups.category_type,
        groups.demographic_group_id,
        groups.is_of_color,
        demographics.student_count,
        demographics.student_count_status,
        schools.all_students_count,
        demographics.teacher_count,
        demographics.teacher_count_status,
        schools.teacher_count as all_teachers_count,
        count(demographics.student_count_status)
            over (partition by schools.school_year, schools.region_id, groups.demographic_group_id) > 0 as is_listed_for_students,
        count(demographics.teacher_count_status)
            over (partition by schools.school_year, schools.region_id, groups.demographic_group_id) > 0 as is_listed_for_teachers
    from schools
    inner join demographics
        on schools.school_year = demographics.school_year
        and schools.school_id = demographics.school_id
    inner join groups
        on demographics.demographic_group_id = groups.demographic_group_id
),

-- Every figure of the category that is published has to be known. A school may lack a row for a group of teachers that other
-- schools have. If its other groups are all of its teachers, the group has nobody; otherwise the row is missing.
known as (
    select
        school_year,
        school_id,
        category_type,
        coalesce(
            max(all_students_count) > 0
            and count(student_count) > 0
            and count(student_count) = count(student_count_status),
            false
        ) as has_students,
        coalesce(
            max(all_teachers_count) > 0
            and count(teacher_count) > 0
            and count(teacher_count) = count(teacher_count_status)
            and (
                count(teacher_count) = count(case when is_listed_for_teachers then 1 end)
                or sum(teacher_count) = max(all_teachers_count)
            ),
            false
        ) as has_teachers
    from figures
    group by school_year, school_id, category_type
),

by_group as (
    select
        figures.school_year,
        figures.school_id,
        figures.region_id,
        figures.district_id,
        figures.category_type,
        figures.demographic_group_id,
        figures.is_of_color,
        -- Students have no group Not Provided.
        case when figures.is_listed_for_students then coalesce(figures.student_count, 0) end as student_count,
        figures.all_students_count,
        case
            when known.has_teachers and figures.is_listed_for_teachers then coalesce(figures.teacher_count, 0)
        end as teacher_count,
        case when known.has_teachers then figures.all_teachers_count end as all_teachers_count,
        known.has_teachers as is_compared
    from figures
    inner join known
        on figures.school_year = known.school_year
        and figures.school_id = known.school_id
        and figures.category_type = known.category_type
    where known.has_students
),

final as (
    select
        school_year,
        school_id,
        region_id,
        district_id,
        category_type,
        demographic_group_id,
        student_count,
        all_students_count,
        teacher_count,
        all_teachers_count,
        is_compared
    from by_group
    union all
    select
        school_year,
        school_id,
        region_id,
        district_id,
        'of_color' as category_type,
        'of_color' as demographic_group_id,
        cast(sum(student_count) as integer) as student_count,
        max(all_students_count) as all_students_count,
        cast(sum(teacher_count) as integer) as teacher_count,
        max(all_teachers_count) as all_teachers_count,
        is_compared
    from by_group
    where is_of_color
    group by school_year, school_id, region_id, district_id, is_compared
)

select * from final
