{#
    The rows of a ranking (`nth` is the place, 1 the first) with `tied_beyond`: the number of rows beyond the first `top` of
    their list that have the same value as the last of those. And with the school's place in the school year before, also where
    it was not among the first. `lists` are the columns that identify a row's list in a school year.
#}
{% macro ranking(relation, ranked_value, lists, top) -%}
    {%- set list = lists | join(', ') -%}
    {%- set row = list ~ ', school_id' -%}
    select
        *,
        sum(case when nth > {{ top }} and {{ ranked_value }} = last_value_listed then 1 else 0 end)
            over (partition by school_year, {{ list }}) as tied_beyond
    from (
        select
            *,
            min(case when nth <= {{ top }} then {{ ranked_value }} end)
                over (partition by school_year, {{ list }}) as last_value_listed,
            {{ before('school_year', row, [ranked_value]) }} as previous_school_year,
            {{ before('nth', row, [ranked_value]) }} as previous_rank,
            {{ change(ranked_value, row, [ranked_value]) }} as value_change
        from {{ relation }}
    ) as listed
{%- endmacro %}
