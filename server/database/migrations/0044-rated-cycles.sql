-- A cycle that was rated is numbered, and then invoiced. What it was rated from stands beside its row and not in it, so that each of these
-- writes a short row anew, and whoever counts the accounts of a run reads short rows.
alter table account_cycle set (toast_tuple_target = 128);
