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

ranked as (
    select
        *,
        row_number() over (
            partition by school_year, region_id
            order by
                teachers_of_color_share desc,
                teachers_of_color_count desc,
                school_name,
                school_code,
                district_code
        ) as nth
    from representation
),

with_places as (
    {{ ranking('ranked', 'teachers_of_color_share', ['region_id'], var('schools_by_teachers_of_color')) }}
),

final as (
    select
        school_year,
        region_id,
        cast(nth as integer) as school_rank,
        school_id,
        school_code,
        school_name,
        district_name,
        all_teachers_count,
        teachers_of_color_count,
        teachers_of_color_share,
        teachers_of_color_share_high,
        students_of_color_share,
        gap_pp,
        parity_ratio,
        top_probability,
        is_small,
        cast(tied_beyond as integer) as tied_beyond,
        previous_school_year,
        cast(previous_rank as integer) as previous_rank,
        100 * value_change as teachers_of_color_share_change_pp
    from with_places
    where nth <= {{ var('schools_by_teachers_of_color') }}
)

select * from final
