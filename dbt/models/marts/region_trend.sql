{{ trend(['region_id'], ref('region_representation_by_group'), ['region_name']) }}
