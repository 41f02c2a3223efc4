{{ config(materialized='table') }}

{%- set key = ['school_year', 'school_id', 'demographic_group_id'] -%}
{%- set shown = [
    'region_id', 'district_id', 'school_types', 'category_type', 'student_count', 'all_students_count', 'teacher_count',
    'known_teachers_count', 'pool_school_count', 'pool_teacher_count', 'pool_known_teachers_count',
] -%}
{%- set carried = shown + [
    'drawn', 'in_pool', 'of_group', 'of_others', 'expected_count', 'student_share', 'district_share', 'region_share', 'log_ways',
] -%}

with composition as (
    select * from {{ ref('int_school_composition') }}
    where category_type in ('race_ethnicity', 'of_color') and demographic_group_id <> 'not_provided'
),

schools as (
    select * from {{ ref('schools') }}
),

-- Every race has to be published, of students and of teachers.
known as (
    select
        school_year,
        school_id,
        sum(teacher_count) as known_teachers_count
    from composition
    where category_type = 'race_ethnicity'
    group by school_year, school_id
    having sum(teacher_count) > 0 and count(*) = count(student_count) and count(*) = count(teacher_count)
),

counts as (
    select
        composition.school_year,
        composition.school_id,
        composition.region_id,
        composition.district_id,
        schools.school_types,
        composition.category_type,
        composition.demographic_group_id,
        composition.student_count,
        composition.all_students_count,
        composition.teacher_count,
        cast(known.known_teachers_count as integer) as known_teachers_count
    from composition
    inner join known
        on composition.school_year = known.school_year
        and composition.school_id = known.school_id
    inner join schools
        on composition.school_year = schools.school_year
        and composition.school_id = schools.school_id
),

pooled as (
    select
        *,
        {%- for pool, columns in [
            ('pool', 'region_id, district_id, school_types'), ('district', 'region_id, district_id'), ('region', 'region_id'),
        ] %}
        {%- set window = 'over (partition by school_year, demographic_group_id, ' ~ columns ~ ')' %}
        cast(count(*) {{ window }} as integer) as {{ pool }}_school_count,
        cast(sum(teacher_count) {{ window }} as integer) as {{ pool }}_teacher_count,
        cast(sum(known_teachers_count) {{ window }} as integer) as {{ pool }}_known_teachers_count
        {{- ',' if not loop.last }}
        {%- endfor %}
    from counts
),

-- `expected_count` is the whole part of what the students' share of the teachers comes to.
numbered as (
    select
        *,
        {% for column, value in [
            ('drawn', 'known_teachers_count'),
            ('in_pool', 'pool_known_teachers_count'),
            ('of_group', 'pool_teacher_count'),
            ('of_others', 'pool_known_teachers_count - pool_teacher_count'),
            ('expected_count', whole_quotient('cast(known_teachers_count as bigint) * student_count', 'all_students_count')),
        ] -%}
        cast({{ value }} as {{ type_double() }}) as {{ column }},
        {% endfor -%}
        {{ share('student_count', 'all_students_count') }} as student_share,
        {{ share('district_teacher_count', 'district_known_teachers_count') }} as district_share,
        {{ share('region_teacher_count', 'region_known_teachers_count') }} as region_share
    from pooled
),

ways as (
    select
        *,
        {{ log_choose('in_pool', 'drawn') }} as log_ways
    from numbered
),

-- How many teachers of the group a school can draw from its pool, with the hypergeometric probability. Only those below one of
-- the shares matter.
outcomes as (
    select
        ways.*,
        numbers.n / drawn as drawn_share,
        {{ probability(
            log_choose('of_group', 'numbers.n') ~ ' + ' ~ log_choose('of_others', '(drawn - numbers.n)') ~ ' - log_ways'
        ) }} as drawn_probability
    from ways
    left join {{ numbers(3) }} as numbers
        on numbers.n <= least(of_group, drawn * greatest(student_share, district_share, region_share))
        and numbers.n >= drawn - of_others
),

-- By how much the share drawn is below each of the shares on average. Not joined to the rows again: one engine would do so
-- row by row, in minutes.
shortfalls as (
    select
        {{ key | join(', ') }},
        {%- for column in carried %}
        max({{ column }}) as {{ column }},
        {%- endfor %}
        {%- for share in ['student_share', 'district_share', 'region_share'] %}
        {{ sum_of_fractions('greatest(' ~ share ~ ' - drawn_share, 0) * drawn_probability') }} as below_{{ share }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from outcomes
    group by {{ key | join(', ') }}
),

final as (
    select
        {%- for column in key + shown %}
        {{ column }},
        {%- endfor %}
        -- De Moivre's mean absolute deviation of the binomial.
        {{ to_twelve_digits(
            'case when 0 < student_count and student_count < all_students_count then 2 * (expected_count + 1) / drawn * '
            ~ probability(
                log_choose('drawn', '(expected_count + 1)')
                ~ ' + (expected_count + 1) * ln(student_share) + (drawn - expected_count) * ln(1 - student_share)'
            )
            ~ ' else 0 end'
        ) }} as parity_deviation,
        -- The mean absolute deviation from any point is the mean deviation plus twice the shortfall.
        {% for share, deviation in [
            ('student_share', 'pool_deviation'),
            ('district_share', 'pool_deviation_from_district'),
            ('region_share', 'pool_deviation_from_region'),
        ] -%}
        {{ to_twelve_digits('of_group / in_pool - ' ~ share ~ ' + 2 * below_' ~ share) }} as {{ deviation }},
        {% endfor -%}
        {{ to_twelve_digits(
            'case when of_others >= drawn then '
            ~ probability(log_choose('of_others', 'drawn') ~ ' - log_ways')
            ~ ' else 0 end'
        ) }} as pool_no_teacher_chance,
        {{ to_twelve_digits(
            'case when student_count < all_students_count then ' ~ probability('drawn * ln(1 - student_share)') ~ ' else 0 end'
        ) }} as parity_no_teacher_chance
    from shortfalls
)

select * from final
