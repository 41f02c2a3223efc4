with {{ ranking(
    ref('int_ranked_student_group'),
    'student_share',
    ['region_id', 'school_type', 'demographic_group_id'],
    var('schools_per_group')
) }},

final as (
    select
        school_year,
        region_id,
        school_type,
        demographic_group_id,
        school_rank,
        school_id,
        school_code,
        school_name,
        district_name,
        city,
        student_count,
        all_students_count,
        student_share,
        is_small,
        is_rank_small,
        tied_beyond,
        tied_schools,
        previous_school_year,
        previous_rank,
        100 * value_change as student_share_change_pp
    from listed
)

select * from final
