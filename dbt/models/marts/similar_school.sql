{#- Decision 59 argues the definition. -#}
{%- set least_overlap = '0.75e0' -%}
{%- set most_schools = 10 -%}
{#- A region compares each school with each of its types. A row a school, with a column a race, keeps that cheap. -#}
{%- set most_races = 10 -%}

with composition as (
    select
        *,
        dense_rank() over (partition by school_year, region_id order by demographic_group_id) as race
    from {{ ref('int_school_composition') }}
    where category_type = 'race_ethnicity' and demographic_group_id <> 'not_provided'
),

make_ups as (
    select
        school_year,
        school_id,
        {% for race in range(1, most_races + 1) -%}
        cast(sum(case when race {{ '>=' if loop.last else '=' }} {{ race }} then student_count else 0 end) as bigint) as count_{{ race }},
        {% endfor -%}
        cast(max(all_students_count) as bigint) as all_students_count
    from composition
    group by school_year, school_id
),

known_teachers as (
    select school_year, school_id, max(known_teachers_count) as known_teachers_count
    from {{ ref('int_school_pool') }}
    group by school_year, school_id
),

described as (
    select
        make_ups.*,
        schools.region_id,
        schools.school_types,
        coalesce(known_teachers.known_teachers_count, 0) as known_teachers_count
    from make_ups
    inner join {{ ref('schools') }} as schools
        on make_ups.school_year = schools.school_year
        and make_ups.school_id = schools.school_id
    left join known_teachers
        on make_ups.school_year = known_teachers.school_year
        and make_ups.school_id = known_teachers.school_id
),

-- It adds integers and divides once, like every overlap.
compared as (
    select
        own.school_year,
        own.region_id,
        own.school_id,
        peer.school_id as similar_school_id,
        abs(peer.all_students_count - own.all_students_count) as size_difference,
        {{ share('peer.all_students_count', 'own.all_students_count') }} as size_ratio,
        1 - cast(
            {% for race in range(1, most_races + 1) -%}
            {{ '+ ' if not loop.first }}abs(own.count_{{ race }} * peer.all_students_count - peer.count_{{ race }} * own.all_students_count)
            {% endfor -%}
            as {{ type_double() }}
        ) / (2 * own.all_students_count * peer.all_students_count) as student_overlap
    from described as own
    inner join described as peer
        on own.school_year = peer.school_year
        and own.region_id = peer.region_id
        and own.school_types = peer.school_types
        and own.school_id <> peer.school_id
    where
        peer.known_teachers_count >= {{ var('small_number') }}
        and peer.all_students_count <= 2 * own.all_students_count
        and own.all_students_count <= 2 * peer.all_students_count
),

ranked as (
    select
        *,
        row_number() over (
            partition by school_year, school_id
            order by student_overlap desc, size_difference, similar_school_id
        ) as nth
    from compared
    where student_overlap >= {{ least_overlap }}
),

final as (
    select
        school_year,
        region_id,
        school_id,
        similar_school_id,
        cast(nth as integer) as similarity_rank,
        student_overlap,
        size_ratio
    from ranked
    where nth <= {{ most_schools }}
)

select * from final
