BEGIN TRANSACTION;
CREATE TABLE audit (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL, call TEXT, who TEXT NOT NULL, by_member TEXT NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL,
  why TEXT NOT NULL, refused TEXT NOT NULL, at INTEGER NOT NULL, wall INTEGER NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,'site','01000000000000000000000000000000','caller','ann','ringing/ringing','ringing/ringing','start','',1000,1000);
CREATE TABLE blocks (
  site TEXT NOT NULL, member TEXT NOT NULL, blocked TEXT NOT NULL,
  PRIMARY KEY (site, member, blocked),
  FOREIGN KEY (site, member) REFERENCES members (site, member) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO "blocks" VALUES('site','ann','cid');
CREATE TABLE calls (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  created INTEGER NOT NULL, changed INTEGER NOT NULL,
  id TEXT NOT NULL UNIQUE, site TEXT NOT NULL, caller TEXT NOT NULL, callee TEXT NOT NULL,
  origin TEXT NOT NULL, request TEXT NOT NULL,
  started_at INTEGER NOT NULL, ring_ends_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  ring TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, answered_at INTEGER, ended_at INTEGER,
  caller_media TEXT, caller_tab TEXT, caller_device TEXT, caller_inside TEXT,
  caller_entered_at INTEGER, caller_entries INTEGER NOT NULL, caller_left_at INTEGER, caller_entry_overdue INTEGER NOT NULL,
  callee_media TEXT, callee_tab TEXT, callee_device TEXT, callee_inside TEXT,
  callee_entered_at INTEGER, callee_entries INTEGER NOT NULL, callee_left_at INTEGER, callee_entry_overdue INTEGER NOT NULL,
  carriers TEXT NOT NULL, caller_lost_at INTEGER, ring_shown INTEGER NOT NULL, dismissed TEXT NOT NULL,
  callee_busy INTEGER NOT NULL, missed_notice INTEGER NOT NULL,
  both_since INTEGER, talked INTEGER NOT NULL, both_were_inside INTEGER NOT NULL, warnings INTEGER NOT NULL,
  version INTEGER NOT NULL, event_seq INTEGER NOT NULL
) STRICT;
INSERT INTO "calls" VALUES(1,1000,31000,'01000000000000000000000000000000','site','ann','bob','site_directory','',1000,31000,7201000,'missed','ended','timeout',NULL,31000,NULL,NULL,NULL,NULL,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL,0,NULL,0,'',NULL,0,'',0,1,NULL,0,0,0,2,0);
INSERT INTO "calls" VALUES(2,0,0,'02000000000000000000000000000000','site','ann','bob','other:banner','request-7',11,12,13,'accepted','open','caller_lost',14,15,'video','tab-1','device-1','tab-2',16,4,17,1,'audio','tab-3','device-2','tab-4',18,5,19,1,'3:t:10:5:3:abc',20,1,'2:d12:d2',1,1,21,22,1,2,1,23);
CREATE TABLE clock (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  boot_id TEXT NOT NULL, boot INTEGER NOT NULL, wall INTEGER NOT NULL, line INTEGER NOT NULL
) STRICT;
INSERT INTO "clock" VALUES(1,'boot',1,2,3);
CREATE TABLE member_rows (
  site TEXT NOT NULL, member TEXT NOT NULL, ringing_out TEXT, inside TEXT, version INTEGER NOT NULL,
  PRIMARY KEY (site, member)
) STRICT, WITHOUT ROWID;
INSERT INTO "member_rows" VALUES('site','ann','01000000000000000000000000000000',NULL,1);
CREATE TABLE members (
  site TEXT NOT NULL, member TEXT NOT NULL, name TEXT NOT NULL, avatar TEXT NOT NULL, role INTEGER NOT NULL,
  messenger INTEGER NOT NULL, takes_calls INTEGER NOT NULL, deactivated INTEGER NOT NULL, version INTEGER NOT NULL,
  PRIMARY KEY (site, member)
) STRICT, WITHOUT ROWID;
INSERT INTO "members" VALUES('site','ann','Ann','',0,1,1,0,1);
INSERT INTO "members" VALUES('site','bob','Bob','',0,1,1,0,1);
CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
INSERT INTO "migrations" VALUES(1,'calls',0);
CREATE TABLE notifications (
  serial INTEGER PRIMARY KEY AUTOINCREMENT,
  site TEXT NOT NULL, member TEXT NOT NULL, sender TEXT NOT NULL, call TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
  delivered INTEGER NOT NULL, read INTEGER NOT NULL
) STRICT;
INSERT INTO "notifications" VALUES(1,'site','bob','ann','01000000000000000000000000000000',31000,0,0);
CREATE TABLE pair_rows (
  site TEXT NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, ringing TEXT, version INTEGER NOT NULL,
  PRIMARY KEY (site, first, second)
) STRICT, WITHOUT ROWID;
INSERT INTO "pair_rows" VALUES('site','ann','bob','01000000000000000000000000000000',1);
CREATE TABLE sites (
  site TEXT PRIMARY KEY, private_calls INTEGER NOT NULL, messenger INTEGER NOT NULL,
  messenger_by_platform INTEGER NOT NULL, ring INTEGER NOT NULL, lifetime INTEGER NOT NULL, busy INTEGER NOT NULL, on_disable INTEGER NOT NULL, second_tab INTEGER NOT NULL,
  starts_by_caller INTEGER NOT NULL, starts_by_pair INTEGER NOT NULL, starts_to_callee INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "sites" VALUES('site',1,1,0,30000,7200000,0,0,0,10,4,20,1);
CREATE UNIQUE INDEX calls_by_request ON calls (site, caller, request) WHERE request <> '';
CREATE INDEX calls_by_caller ON calls (site, caller, serial);
CREATE INDEX calls_by_callee ON calls (site, callee, serial);
CREATE INDEX calls_by_caller_start ON calls (site, caller, started_at);
CREATE INDEX calls_by_callee_start ON calls (site, callee, started_at);
CREATE INDEX calls_unfinished ON calls (serial) WHERE state IN ('ringing', 'open');
CREATE INDEX calls_by_age ON calls (changed);
CREATE INDEX calls_by_site ON calls (site, created);
CREATE INDEX pair_rows_by_second ON pair_rows (site, second);
CREATE INDEX blocks_by_blocked ON blocks (site, blocked);
CREATE INDEX notifications_by_member ON notifications (site, member, serial);
CREATE INDEX notifications_by_sender ON notifications (site, sender);
CREATE INDEX notifications_by_age ON notifications (at);
CREATE INDEX audit_by_site ON audit (site, serial);
CREATE INDEX audit_by_member ON audit (site, by_member);
CREATE INDEX audit_by_age ON audit (wall);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('calls',2);
INSERT INTO "sqlite_sequence" VALUES('notifications',1);
INSERT INTO "sqlite_sequence" VALUES('audit',1);
COMMIT;
