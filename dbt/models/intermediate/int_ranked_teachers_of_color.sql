with representation as (
    select
        schools.*,
        probabilities.top_probability
    from {{ ref('school_representation') }} as schools
    left join {{ ref('int_top_probability') }} as probabilities
        on schools.school_year = probabilities.school_year
        and schools.school_id = probabilities.school_id
    where schools.teachers_of_color_share is not null
),

final as (
    select
        school_year,
        region_id,
        cast(row_number() over (
            partition by school_year, region_id
            order by
                teachers_of_color_share desc,
                teachers_of_color_count desc,
                school_name,
                school_code,
                district_code
        ) as integer) as school_rank,
        school_id,
        school_code,
        school_name,
        district_name,
        all_teachers_count,
        teachers_of_color_count,
        teachers_of_color_share,
        teachers_of_color_share_high,
        all_students_count,
        students_of_color_share,
        gap_pp,
        parity_ratio,
        top_probability,
        is_small,
        coalesce(
            all_teachers_count < {{ var('rank_min_teachers') }} or all_students_count < {{ var('rank_min_students') }},
            false
        ) as is_rank_small
    from representation
)

select * from final
