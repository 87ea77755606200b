import { Tickets, UPLOAD_TTL_MS, UsedTickets } from '../../../src/auth/tickets.js';

const KEY = Buffer.alloc(32, 1);
const T0 = Date.UTC(2026, 0, 1);
const upload = {
  conversationId: 'c/1',
  filename: 'Übersicht 1.pdf',
  contentType: 'application/pdf',
  sizeBytes: 5,
  sender: 'CUSTOMER' as const,
};
const download = { conversationId: 'c/1', attachmentId: 'a.1' };

let now: number;
let tickets: Tickets;
beforeEach(() => {
  now = T0;
  tickets = new Tickets(
    () => KEY,
    () => now,
  );
});

describe('a ticket', () => {
  it('says what it was given for', () => {
    expect(tickets.upload(tickets.forUpload(upload).ticket)).toMatchObject({ grant: upload });
    expect(tickets.download(tickets.forDownload(download).ticket)).toMatchObject({ grant: download });
  });

  it('can stand in a path as it is', () => {
    expect(tickets.forUpload(upload).ticket).toMatch(/^[\w-]+\.[\w-]+$/);
  });

  it('is good until it expires, and no longer', () => {
    const { ticket, expiresAt } = tickets.forUpload(upload);
    expect(expiresAt).toEqual(new Date(T0 + 900_000));
    now = expiresAt.getTime() - 1;
    expect(tickets.upload(ticket)).toMatchObject({ grant: upload });
    now += 1;
    expect(tickets.upload(ticket)).toBe('EXPIRED');
  });

  it('of a download is good for an hour at least, and the same for ten minutes', () => {
    now = T0 + 1;
    const first = tickets.forDownload(download);
    expect(first.expiresAt).toEqual(new Date(T0 + 4_200_000));
    now = T0 + 600_000;
    expect(tickets.forDownload(download)).toEqual(first);
    now += 1;
    expect(tickets.forDownload(download).ticket).not.toBe(first.ticket);
    expect(tickets.download(first.ticket)).toMatchObject({ grant: download });
  });

  it('of one kind is foreign to the other', () => {
    expect(tickets.download(tickets.forUpload(upload).ticket)).toBe('INVALID');
    expect(tickets.upload(tickets.forDownload(download).ticket)).toBe('INVALID');
  });

  it('of another key is foreign', () => {
    const other = new Tickets(
      () => Buffer.alloc(32, 2),
      () => now,
    );
    expect(tickets.download(other.forDownload(download).ticket)).toBe('INVALID');
  });

  it('is foreign once a character of it has changed', () => {
    const { ticket } = tickets.forDownload(download);
    for (let at = 0; at < ticket.length - 1; at += 1) {
      const changed = `${ticket.slice(0, at)}${ticket[at] === 'A' ? 'B' : 'A'}${ticket.slice(at + 1)}`;
      expect(tickets.download(changed)).toBe('INVALID');
    }
  });

  it.each(['', '.', '..', 'a.b', 'e30.', `${'x'.repeat(5000)}.y`, '%00.%00'])('is foreign where it is none: %j', (text) => {
    expect(tickets.upload(text)).toBe('INVALID');
    expect(tickets.download(text)).toBe('INVALID');
  });

  it('for an upload is another one each time', () => {
    const [one, other] = [tickets.upload(tickets.forUpload(upload).ticket), tickets.upload(tickets.forUpload(upload).ticket)];
    expect(one).not.toMatchObject({ id: (other as { id: string }).id });
  });
});

describe('used tickets', () => {
  it('are used once, unless nothing came of it', () => {
    const used = new UsedTickets(() => now);
    expect(used.claim('t', UPLOAD_TTL_MS)).toBe(true);
    expect(used.claim('t', UPLOAD_TTL_MS)).toBe(false);
    expect(used.claim('u', UPLOAD_TTL_MS)).toBe(true);
    used.release('t');
    expect(used.claim('t', UPLOAD_TTL_MS)).toBe(true);
  });

  it('are remembered for as long as a ticket lives', () => {
    const used = new UsedTickets(() => now);
    used.claim('t', UPLOAD_TTL_MS);
    now += UPLOAD_TTL_MS - 1;
    expect(used.claim('t', UPLOAD_TTL_MS)).toBe(false);
    now += 1;
    expect(used.claim('t', UPLOAD_TTL_MS)).toBe(true);
  });
});
