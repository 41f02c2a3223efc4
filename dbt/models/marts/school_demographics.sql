with students as (
    select
        *,
        max(case when demographic_group_id = 'total' then student_count end)
            over (partition by school_year, school_id) as all_students_count
    from {{ ref('fct_enrollment_all_grades') }}
),

teachers as (
    select
        *,
        max(teacher_total_count) over (partition by school_year, school_id) as all_teachers_count
    from {{ ref('fct_teacher') }}
),

final as (
    select
        coalesce(students.school_year, teachers.school_year) as school_year,
        coalesce(students.school_id, teachers.school_id) as school_id,
        coalesce(students.demographic_group_id, teachers.demographic_group_id) as demographic_group_id,
        students.student_count,
        students.student_count_status,
        students.printed_student_count,
        students.all_students_count,
        {{ share('students.student_count', 'students.all_students_count') }} as student_share,
        teachers.teacher_count,
        teachers.teacher_count_status,
        teachers.all_teachers_count,
        {{ share('teachers.teacher_count', 'teachers.all_teachers_count') }} as teacher_share
    from students
    full outer join teachers
        on students.school_year = teachers.school_year
        and students.school_id = teachers.school_id
        and students.demographic_group_id = teachers.demographic_group_id
)

select * from final
