using System.Text.Json;
using CallCenter.Contracts;
using CallCenter.Reporting.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.Reporting.Contacts;

/// <summary>The rows of a contact's history and of its facts, always rewritten as a whole from the contact's own events.</summary>
internal static class ContactProjection
{
    private const string UpsertContact = """
        insert into contacts (tenant, id, channel, caller, called, started_at, ended_at, queue, agent, termination, recordings, disposition, customer, customer_name, origin, speech)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict (tenant, id) do update set
          channel = excluded.channel, caller = excluded.caller, called = excluded.called,
          started_at = excluded.started_at, ended_at = excluded.ended_at, queue = excluded.queue, agent = excluded.agent,
          termination = excluded.termination, recordings = excluded.recordings, disposition = excluded.disposition,
          customer = excluded.customer, customer_name = excluded.customer_name, origin = excluded.origin, speech = excluded.speech
        """;

    private const string UpsertLeg = """
        insert into legs (tenant, contact, id, ordinal, role, agent, started_at, ended_at, outcome,
          alerting_ms, ivr_ms, queue_ms, ring_ms, talk_ms, hold_ms, consult_ms, wrap_up_ms, queue, answered_at, holds, transferred)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        on conflict (tenant, contact, id) do update set
          ordinal = excluded.ordinal, role = excluded.role, agent = excluded.agent,
          started_at = excluded.started_at, ended_at = excluded.ended_at, outcome = excluded.outcome,
          alerting_ms = excluded.alerting_ms, ivr_ms = excluded.ivr_ms, queue_ms = excluded.queue_ms, ring_ms = excluded.ring_ms,
          talk_ms = excluded.talk_ms, hold_ms = excluded.hold_ms, consult_ms = excluded.consult_ms, wrap_up_ms = excluded.wrap_up_ms,
          queue = excluded.queue, answered_at = excluded.answered_at, holds = excluded.holds, transferred = excluded.transferred
        """;

    private const string UpsertQueueFact = """
        insert into queue_facts (tenant, contact, queue, entered_at, outcome, wait_ms, service_level_ms,
          legs, held, transferred, talk_ms, hold_ms, consult_ms, wrap_up_ms,
          conversation_ms, caller_speech_ms, agent_speech_ms, talk_over_ms, silence_ms, longest_silence_ms)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        on conflict (tenant, contact, queue) do update set
          entered_at = excluded.entered_at, outcome = excluded.outcome, wait_ms = excluded.wait_ms, service_level_ms = excluded.service_level_ms,
          legs = excluded.legs, held = excluded.held, transferred = excluded.transferred,
          talk_ms = excluded.talk_ms, hold_ms = excluded.hold_ms, consult_ms = excluded.consult_ms, wrap_up_ms = excluded.wrap_up_ms,
          conversation_ms = excluded.conversation_ms, caller_speech_ms = excluded.caller_speech_ms, agent_speech_ms = excluded.agent_speech_ms,
          talk_over_ms = excluded.talk_over_ms, silence_ms = excluded.silence_ms, longest_silence_ms = excluded.longest_silence_ms
        """;

    /// <summary>Folds the contact's events in the ledger and writes what they tell.</summary>
    public static async Task Refresh(Guid tenant, Guid contact, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var events = await EventLedger.OfContact(tenant, contact, connection, transaction, ct);
        if (ContactFold.Of(events) is { } history)
        {
            await Write(history, connection, transaction, ct);
        }
    }

    /// <summary>Forgets every history and fact of the tenant's contacts; the ledger keeps the events.</summary>
    public static async Task Drop(Guid tenant, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("delete from queue_facts where tenant = $1", tenant);
        batch.Add("delete from legs where tenant = $1", tenant);
        batch.Add("delete from contacts where tenant = $1", tenant);
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static async Task Write(ContactHistory c, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(UpsertContact, c.Tenant, c.Id, c.Channel, c.Caller, c.Called, c.StartedAt, c.EndedAt, c.Queue, c.Agent, c.Termination, c.Recordings.ToArray(),
            c.Disposition, c.Customer?.Id, c.Customer?.Name, Json(c.Origin), Json(c.Speech));
        // The caller's leg is known by the contact's id until an event names it.
        batch.Add("delete from legs where tenant = $1 and contact = $2 and id <> all($3)", c.Tenant, c.Id, c.Legs.Select(l => l.Id).ToArray());
        foreach (var (ordinal, l) in c.Legs.Index())
        {
            var p = l.Phases;
            batch.Add(UpsertLeg, c.Tenant, c.Id, l.Id, ordinal, l.Role.ToString(), l.User, l.StartedAt, l.EndedAt, l.Outcome,
                p.Alerting, p.Ivr, p.Queue, p.Ring, p.Talk, p.Hold, p.Consult, p.WrapUp, l.Queue, l.AnsweredAt, l.Holds, l.Transferred);
        }

        foreach (var q in c.Queues)
        {
            var h = q.Handling;
            var s = q.Speech;
            batch.Add(UpsertQueueFact, c.Tenant, c.Id, q.Queue, q.EnteredAt, q.Outcome.ToString(), q.WaitMs, q.ServiceLevelMs,
                h.Legs, h.Held, h.Transferred, h.TalkMs, h.HoldMs, h.ConsultMs, h.WrapUpMs,
                s.ConversationMs, s.CallerMs, s.AgentMs, s.TalkOverMs, s.SilenceMs, s.LongestSilenceMs);
        }

        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Json<T>(T? told) where T : class => new()
    {
        Value = told is null ? DBNull.Value : JsonSerializer.Serialize(told, EventCatalog.Json),
        NpgsqlDbType = NpgsqlDbType.Jsonb,
    };
}
