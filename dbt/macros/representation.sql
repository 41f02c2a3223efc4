{#
    The sums of many schools: a row a school year, organization and group, from a row a school and group. `keys` are the
    columns that say which organization it is. The sums are over the schools that are compared. Where none is, they are over
    all whose students are known, and have no teachers.
#}
{% macro composition_sums(composition, keys) -%}
    select
        school_year,
        {{ keys | join(', ') }},
        category_type,
        demographic_group_id,
        cast(sum(case when is_compared then 1 else 0 end) as integer) as compared_school_count,
        cast(sum(student_count) as integer) as student_count,
        cast(sum(all_students_count) as integer) as all_students_count,
        cast(sum(teacher_count) as integer) as teacher_count,
        cast(sum(all_teachers_count) as integer) as all_teachers_count,
        cast(sum({{ no_access('student_count', 'teacher_count') }}) as integer) as no_access_student_count,
        -- Decimals, because the sum of doubles depends on the order of addition.
        cast(
            sum(cast(
                cast(student_count as {{ type_double() }}) * teacher_count / all_teachers_count as decimal(28, 12)
            )) as {{ type_double() }}
        ) / nullif(sum(student_count), 0) as own_group_exposure
    from (
        select
            *,
            max(case when is_compared then 1 else 0 end)
                over (partition by school_year, {{ keys | join(', ') }}, category_type) as has_compared
        from {{ composition }}
    ) as schools
    where is_compared or has_compared = 0
    group by school_year, {{ keys | join(', ') }}, category_type, demographic_group_id
{%- endmacro %}

{# Students of a group in a school without a teacher of that group; null if one of the two counts is unknown. #}
{% macro no_access(students, teachers) -%}
    case when {{ teachers }} = 0 then {{ students }} when {{ teachers }} > 0 and {{ students }} is not null then 0 end
{%- endmacro %}

{#
    Adds the measures that follow from four counts: students and teachers, of the group and in all. For schools also what chance
    alone could as well have given (`with_chance`): it concerns the teachers' share; the students' share is a given.
#}
{% macro with_measures(relation, with_chance=false) -%}
    select
        shares.*,
        {{ gap_pp('teacher_share', 'student_share') }} as gap_pp,
        {{ parity_ratio('teacher_share', 'student_share') }} as parity_ratio,
        {% for bound in ['low', 'high'] if with_chance -%}
        {{ gap_pp('teacher_share_chance_' ~ bound, 'student_share') }} as gap_pp_chance_{{ bound }},
        {{ parity_ratio('teacher_share_chance_' ~ bound, 'student_share') }} as parity_ratio_chance_{{ bound }},
        {% endfor -%}
        {{ share('student_count', 'teacher_count') }} as students_per_teacher,
        {{ teachers_to_parity('student_count', 'all_students_count', 'teacher_count', 'all_teachers_count') }}
            as teachers_to_parity
    from (
        select
            counts.*,
            {% if with_chance -%}
            {{ wilson_bound('teacher_count', 'all_teachers_count', '-') }} as teacher_share_chance_low,
            {{ wilson_bound('teacher_count', 'all_teachers_count', '+') }} as teacher_share_chance_high,
            {% endif -%}
            {{ share('student_count', 'all_students_count') }} as student_share,
            {{ share('teacher_count', 'all_teachers_count') }} as teacher_share
        from {{ relation }} as counts
    ) as shares
{%- endmacro %}

{#
    Representation of the groups in districts or regions: one row per school year, organization and group. `keys` are the
    columns that say which organization it is: the region's, and the district's in it. `composition` has a row a school and
    group, `organizations` and `groups` name what the ids stand for.
#}
{% macro representation_by_group(organization, keys, composition, organizations, groups) -%}
    select
        measured.school_year,
        {% for key in keys -%}
        measured.{{ key }},
        {% endfor -%}
        organizations.{{ organization }}_name,
        measured.category_type,
        measured.demographic_group_id,
        groups.demographic_group,
        measured.compared_school_count,
        measured.student_count,
        measured.all_students_count,
        measured.student_share,
        measured.teacher_count,
        measured.all_teachers_count,
        measured.teacher_share,
        measured.gap_pp,
        measured.parity_ratio,
        measured.students_per_teacher,
        measured.no_access_student_count,
        {{ share('measured.no_access_student_count', 'measured.student_count') }} as no_access_share,
        measured.own_group_exposure,
        measured.teachers_to_parity,
        {{ is_small(['measured.student_count', 'measured.all_students_count', 'measured.all_teachers_count']) }} as is_small
    from (
        {{ with_measures('(' ~ composition_sums(composition, keys) ~ ')') }}
    ) as measured
    inner join {{ organizations }} as organizations
        on measured.{{ organization }}_id = organizations.{{ organization }}_id
    inner join {{ groups }} as groups
        on measured.demographic_group_id = groups.demographic_group_id
{%- endmacro %}

{#
    Representation in districts or regions, in one row each: everybody of color taken together, and the measures over all
    races. `schools` has one row per school year and school of an organization, which `organizations` names.
#}
{% macro representation(organization, keys, schools, organizations, by_group) -%}
    select
        organizations.school_year,
        {% for key in keys -%}
        organizations.{{ key }},
        {% endfor -%}
        organizations.{{ organization }}_name,
        organizations.school_count,
        coalesce(of_color.compared_school_count, 0) as compared_school_count,
        of_color.all_students_count,
        of_color.student_count as students_of_color_count,
        of_color.student_share as students_of_color_share,
        of_color.all_teachers_count,
        of_color.teacher_count as teachers_of_color_count,
        of_color.teacher_share as teachers_of_color_share,
        races.teachers_not_provided_count,
        {{ share('(of_color.teacher_count + races.teachers_not_provided_count)', 'of_color.all_teachers_count') }}
            as teachers_of_color_share_high,
        of_color.gap_pp,
        of_color.parity_ratio,
        of_color.students_per_teacher as students_of_color_per_teacher_of_color,
        of_color.no_access_student_count,
        of_color.no_access_share,
        of_color.own_group_exposure,
        races.overlap,
        races.groups_without_a_teacher,
        of_color.teachers_to_parity,
        of_color.is_small
    from (
        select
            schools.school_year,
            schools.{{ keys | join(', schools.') }},
            named.{{ organization }}_name,
            cast(count(*) as integer) as school_count
        from {{ schools }} as schools
        inner join {{ organizations }} as named
            on schools.{{ organization }}_id = named.{{ organization }}_id
        group by schools.school_year, schools.{{ keys | join(', schools.') }}, named.{{ organization }}_name
    ) as organizations
    left join (
        select * from {{ by_group }}
        where demographic_group_id = 'of_color'
    ) as of_color
        on organizations.school_year = of_color.school_year
        {% for key in keys -%}
        and organizations.{{ key }} = of_color.{{ key }}
        {% endfor -%}
    left join (
        {{ races_together(by_group, keys) }}
    ) as races
        on organizations.school_year = races.school_year
        {% for key in keys -%}
        and organizations.{{ key }} = races.{{ key }}
        {% endfor -%}
{%- endmacro %}

{#
    Measures over all races of an organization: one row per school year and organization, from its rows by group. Students
    have no category "not provided": their share of it is 0. A measure is null if one of its figures is unknown.
#}
{% macro races_together(by_group, keys) -%}
    select
        school_year,
        {{ keys | join(', ') }},
        max(case when demographic_group_id = 'not_provided' then teacher_count end) as teachers_not_provided_count,
        case
            when
                count(case when demographic_group_id <> 'not_provided' and student_share is null then 1 end) = 0
                and count(case when teacher_share is null then 1 end) = 0
            then {{ overlap('student_count', 'all_students_count', 'teacher_count', 'all_teachers_count') }}
        end as overlap,
        case
            when
                count(case when demographic_group_id <> 'not_provided' and student_count is null then 1 end) = 0
                and count(case when teacher_count is null then 1 end) = 0
            then cast(count(case when student_count > 0 and teacher_count = 0 then 1 end) as integer)
        end as groups_without_a_teacher
    from {{ by_group }}
    where category_type = 'race_ethnicity'
    group by school_year, {{ keys | join(', ') }}
{%- endmacro %}

{# Whether one of the counts is too small for conclusions; null if none is known to be and one is unknown. #}
{% macro is_small(counts) -%}
    {% for count in counts -%}
    {{ count }} < {{ var('small_number') }}{% if not loop.last %} or {% endif %}
    {%- endfor %}
{%- endmacro %}
