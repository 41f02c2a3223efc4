{{ panel_trend(
    'district',
    ['region_id', 'district_id'],
    ref('district_representation_by_group'),
    ref('int_school_composition')
) }}
