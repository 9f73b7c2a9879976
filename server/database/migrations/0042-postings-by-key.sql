-- A session keeps the plan by which it looks up the entry of a posting. Made while the ledger is nearly empty, that plan reads all of it each
-- time, also when it has grown: a first run of many accounts would take time by their square. Within what posts, a key is always looked up by
-- its index.
alter function post_invoices(text[]) set seq_page_cost = 20;
alter function post_credit_notes(text[]) set seq_page_cost = 20;
alter function post_payments(text[]) set seq_page_cost = 20;
alter function post_top_up(text, text, numeric, text, text, date) set seq_page_cost = 20;
alter function book_return() set seq_page_cost = 20;
alter function book_assignment() set seq_page_cost = 20;
alter function book_allocations() set seq_page_cost = 20;
