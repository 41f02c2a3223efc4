{#
    Common table expressions, of which the last, `listed`, has the first `top` rows of every list of a ranking, with their ties and
    with the school's place in the school year before, even if it was not among the first. `tied_beyond` is the number of schools
    beyond the first that have the same value as the last of those. `tied_schools` names the first five of them and counts the
    others. `lists` are the columns that identify a row's list in a school year.
#}
{% macro ranking(relation, ranked_value, lists, top) -%}
{%- set list = lists | join(', ') -%}
{%- set row = list ~ ', school_id' -%}
ranked as (
    select * from {{ relation }}
),

last_values as (
    select
        school_year,
        {{ list }},
        min({{ ranked_value }}) as last_value
    from ranked
    where school_rank <= {{ top }}
    group by school_year, {{ list }}
),

ties as (
    select
        {%- for column in ['school_year'] + lists %}
        ranked.{{ column }},
        {%- endfor %}
        {%- for place in [1, 2, 3, 4, 5] %}
        max(case when ranked.school_rank = {{ top }} + {{ place }} then ranked.school_name end) as tied_school_{{ place }},
        {%- endfor %}
        count(*) as tied_beyond
    from ranked
    inner join last_values
        on ranked.{{ ranked_value }} = last_values.last_value
        {%- for column in ['school_year'] + lists %}
        and ranked.{{ column }} = last_values.{{ column }}
        {%- endfor %}
    where ranked.school_rank > {{ top }}
    group by
        {%- for column in ['school_year'] + lists %}
        ranked.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
),

-- Most schools are never among the first, so the year before is looked up for few.
with_previous as (
    select
        *,
        {{ before('school_year', row, [ranked_value]) }} as previous_school_year,
        {{ before('school_rank', row, [ranked_value]) }} as previous_rank,
        {{ change(ranked_value, row, [ranked_value]) }} as value_change
    from ranked
    where ({{ row }}) in (select {{ row }} from ranked where school_rank <= {{ top }})
),

listed as (
    select
        with_previous.*,
        cast(coalesce(ties.tied_beyond, 0) as integer) as tied_beyond,
        nullif(
            concat_ws(
                ' and ',
                concat_ws(
                    ', '
                    {%- for place in [1, 2, 3, 4, 5] %},
                    ties.tied_school_{{ place }}
                    {%- endfor %}
                ),
                case
                    when ties.tied_beyond = 6 then '1 other'
                    when ties.tied_beyond > 6 then cast(ties.tied_beyond - 5 as {{ type_text() }}) || ' others'
                end
            ),
            ''
        ) as tied_schools
    from with_previous
    left join ties
        on with_previous.school_year = ties.school_year
        {%- for column in lists %}
        and with_previous.{{ column }} = ties.{{ column }}
        {%- endfor %}
    where with_previous.school_rank <= {{ top }}
)
{%- endmacro %}
