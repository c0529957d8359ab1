using CallCenter.Simulator.Centre;
using CallCenter.Simulator.Tally;

namespace CallCenter.Simulator.Comparison;

/// <summary>Waits until every contact has ended, then compares what the system reports with the tally.</summary>
internal sealed class CentreComparison(Simulation run, CentreApi api, TimeProvider clock)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(60), Look = TimeSpan.FromSeconds(1);

    private readonly List<CallRecord> _records = [.. run.Tally.Calls.Where(c => c.Wire.InvitedAt is not null)];
    private readonly List<CallFacts> _calls = [];

    /// <summary>Compares everything.</summary>
    public async Task<Findings> Compare(CancellationToken ct)
    {
        var findings = new Findings();
        await CompareContacts(await Contacts(ct), findings, ct);
        foreach (var queue in run.Queues.Values)
        {
            Places.Compare(queue, _calls, run.Options.ToleranceMs, findings);
        }
        await CompareAgents(findings, ct);
        await CompareReports(findings, ct);
        return findings;
    }

    /// <summary>Every contact of the run, when all have ended; what there is when that takes too long.</summary>
    private async Task<IReadOnlyList<ContactItem>> Contacts(CancellationToken ct)
    {
        var until = clock.GetUtcNow() + Settled;
        while (true)
        {
            var all = new List<ContactItem>();
            foreach (var tenant in run.Demo.Tenants)
            {
                all.AddRange(await api.Contacts(tenant.Id, run.StartedAt, clock.GetUtcNow().AddMinutes(1), ct));
            }
            if ((all.Count >= _records.Count(c => !Touches(c)) && all.All(c => c.EndedAt is not null)) || clock.GetUtcNow() > until)
            {
                return all;
            }
            await Task.Delay(Look, clock, ct);
        }
    }

    private async Task CompareContacts(IReadOnlyList<ContactItem> contacts, Findings findings, CancellationToken ct)
    {
        var byCaller = contacts.ToLookup(c => c.Caller ?? "");
        foreach (var calls in _records.GroupBy(c => c.Caller))
        {
            var pairs = Match([.. calls], [.. byCaller[calls.Key].OrderBy(c => c.StartedAt)], findings).ToList();
            Sort(pairs);
            _calls.AddRange(calls.Select(Facts));
            foreach (var (record, contact) in pairs)
            {
                ContactComparison.Compare(_calls.Find(c => c.Record == record)!, await api.Contact(contact.Id, ct), findings);
            }
        }
        var ours = _records.Select(c => c.Caller).ToHashSet();
        foreach (var other in contacts.Where(c => !ours.Contains(c.Caller ?? "")))
        {
            findings.Fault($"contact {other.Id}", "caller", "nobody of the simulation; the reports count it too", other.Caller ?? "none");
        }
    }

    /// <summary>A caller has one call at a time: the first contact is the first call. A call that the system's end cut may have left none, or two when its INVITE came again.</summary>
    private IEnumerable<(CallRecord Record, ContactItem Contact)> Match(List<CallRecord> calls, List<ContactItem> contacts, Findings findings)
    {
        var cut = calls.Count(Touches);
        findings.Number($"caller {calls[0].Caller}", "contacts", new Bounds(calls.Count - cut, calls.Count + cut), contacts.Count);
        if (cut == 0 && calls.Count == contacts.Count)
        {
            foreach (var pair in calls.OrderBy(c => CallFacts.Began(c).Earliest).Zip(contacts))
            {
                yield return pair;
            }
            yield break;
        }
        foreach (var call in calls.OrderBy(Touches))
        {
            var contact = contacts.MinBy(c => (c.StartedAt - CallFacts.Began(call).Latest).Duration());
            if (contact is null)
            {
                if (!Touches(call))
                {
                    findings.Fault($"the call of {call.Caller} at {call.Wire.InvitedAt:HH:mm:ss.fff}", "contact", "a call", "none");
                }
                continue;
            }
            contacts.Remove(contact);
            yield return (call, contact);
        }
    }

    /// <summary>Phones that rang just when a caller asked to be called back: the agent's screen said for which of the two contacts.</summary>
    private static void Sort(IReadOnlyList<(CallRecord Record, ContactItem Contact)> pairs)
    {
        var recordOf = pairs.ToDictionary(p => p.Contact.Id, p => p.Record);
        foreach (var (record, contact) in pairs)
        {
            foreach (var offer in record.Offers.Where(o => o.Contact is { } id && id != contact.Id && recordOf.ContainsKey(id)))
            {
                record.GiveTo(recordOf[offer.Contact!.Value], offer);
            }
        }
    }

    private CallFacts Facts(CallRecord record) => new(record, run.Queues, run.Tally.Outages, run.Options.ToleranceMs);

    private bool Touches(CallRecord record) => run.Tally.Outages.Any(o => o.Touches(record.Wire.InvitedAt, record.Wire.EndedAt, record.LostAt));

    private async Task CompareAgents(Findings findings, CancellationToken ct)
    {
        var reported = (await api.Agents(ct)).ToDictionary(a => a.Id);
        foreach (var agent in run.Tally.Agents)
        {
            if (!reported.TryGetValue(agent.Id, out var item))
            {
                findings.Fault($"agent {agent.User}", "in the list of agents", "there", "not there");
                continue;
            }
            findings.Text($"agent {agent.User}", "status", agent.Choices[^1].Status, item.Status);
            findings.Text($"agent {agent.User}", "state", "Idle", item.State);
            findings.Text($"agent {agent.User}", "contact", null, item.Contact?.ToString());
        }
    }

    /// <summary>The reports over the whole run as one period.</summary>
    private async Task CompareReports(Findings findings, CancellationToken ct)
    {
        var range = $"from={CentreApi.Stamp(run.StartedAt)}&to={CentreApi.Stamp(clock.GetUtcNow())}&interval=month";
        foreach (var tenant in run.Demo.Tenants)
        {
            if (await api.Report($"/api/reports/queues?tenant={tenant.Id}&{range}", ct) is not { } report)
            {
                findings.LeaveOut("the system has no report of queues");
                continue;
            }
            var figures = ReportedFigures.Of(report, "queue");
            foreach (var queue in run.Queues.Values.Where(q => q.Tenant == tenant.Id))
            {
                figures.Compare(queue.Id, $"queue {queue.Name} of {tenant.Name}", QueueFigures.Of(queue, _calls), findings);
            }
        }
        if (await api.Report($"/api/reports/agents?{range}", ct) is not { } agents)
        {
            findings.LeaveOut("the system has no report of agents");
            return;
        }
        var offers = _calls.SelectMany(c => c.Offers).ToLookup(o => o.Record.Agent);
        foreach (var agent in run.Tally.Agents)
        {
            ReportedFigures.Of(agents, "agent").Compare(
                agent.Id, $"agent {agent.User}", AgentFigures.Of(agent, [.. offers[agent.Id].OrderBy(o => o.Record.Wire.InvitedAt)], run.Tally.Outages.Count, run.Options.ToleranceMs), findings);
        }
    }
}
