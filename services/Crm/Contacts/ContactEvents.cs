using CallCenter.Contracts;
using CallCenter.Contracts.Crm;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Crm.Customers;
using CallCenter.Crm.Numbers;
using CallCenter.Hosting;

namespace CallCenter.Crm.Contacts;

/// <summary>
/// Whose contact it is, and what becomes of it. A call with a number finds its customer or makes one; a refused call finds
/// one only, so that a flood of refused calls makes no customers.
/// </summary>
internal sealed class ContactEvents(Countries countries, TimeProvider clock) : IEventHandler
{
    private const string VoiceIn = "VoiceIn", Callback = "Callback";

    public Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct) => e switch
    {
        CallArrived arrived => Arrived(arrived, arrived.Caller, arrived.Called, VoiceIn, tx, ct),
        CallbackPlanned planned => Arrived(planned, planned.Number, planned.Shown, Callback, tx, ct),
        CallRejected rejected => Rejected(rejected, tx, ct),
        AgentAnswered answered => ContactRows.Talked(tx, answered, answered.Agent, ct),
        ContactQueued queued => ContactRows.Queued(tx, queued, queued.Queue, ct),
        WrapUpEnded { Disposition: { } code } wrapUp => ContactRows.Disposed(tx, wrapUp, code, ct),
        ContactEnded ended => ContactRows.Ended(tx, ended, ended.Termination.Text(), ct),
        _ => Task.CompletedTask,
    };

    private async Task Arrived(ContactEvent e, string caller, string called, string channel, InboxTransaction tx, CancellationToken ct)
    {
        if (E164.Of(caller, countries.Of(e.Tenant, called)) is not { } number)
        {
            Telemetry.Unidentified.Add(1);
            return;
        }

        var found = await Identification.FindOrMake(tx.Transaction, e.Tenant, number, clock.Now(), ct);
        await ContactRows.Began(tx, e, found.Customer, channel, ct);
        tx.Publish(new CustomerIdentified(found.Customer, found.Name, number, found.IsNew) { Tenant = e.Tenant, Stream = e.Stream, Final = true });
        Telemetry.Identified.Add(1, new KeyValuePair<string, object?>("new", found.IsNew));
    }

    private async Task Rejected(CallRejected e, InboxTransaction tx, CancellationToken ct)
    {
        if (E164.Of(e.Caller, countries.Of(e.Tenant, e.Called)) is { } number
            && await Identification.Find(tx.Transaction, e.Tenant, number, ct) is { } found)
        {
            await ContactRows.Began(tx, e, found.Customer, VoiceIn, ct);
        }
    }
}
