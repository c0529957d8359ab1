using CallCenter.Contracts;
using CallCenter.Contracts.Crm;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Desk.Owners;
using CallCenter.Hosting;

namespace CallCenter.Desk.Live;

/// <summary>
/// What happens, on its way to the screens. Nothing here waits: what has to be read from an owner is asked for and read beside.
/// </summary>
internal sealed class DeskEvents(LiveContacts contacts, LiveAgents agents, Missing missing, Refresh refresh, Today today) : ITransientHandler
{
    /// <summary>
    /// The events that a screen shows. Not whole sources: no numbers are followed here, and each further type would cost a copy of
    /// every message.
    /// </summary>
    public static IEnumerable<Type> Types { get; } =
    [
        typeof(CallArrived), typeof(CallbackPlanned), typeof(CustomerIdentified), typeof(FlowStarted), typeof(ContactQueued), typeof(QueueLeft), typeof(ContactOffered), typeof(OfferEnded), typeof(AgentAnswered),
        typeof(CallHeld), typeof(CallResumed), typeof(LegEnded), typeof(WrapUpStarted), typeof(WrapUpEnded), typeof(ContactEnded), typeof(AgentChanged),
        typeof(ConsultStarted), typeof(ConsultEnded), typeof(ConferenceStarted), typeof(NumberDialled), typeof(NumberRefused), typeof(MonitorStarted),
        typeof(RecordingStarted), typeof(RecordingPaused), typeof(RecordingResumed),
        typeof(CardCollectionStarted), typeof(CardDigitsEntered), typeof(CardCollectionEnded),
    ];

    public Task Handle(object message, CancellationToken ct)
    {
        switch (message)
        {
            case AgentChanged e:
                refresh.Ask(agents.Apply(e) ? Reading.Counts : Reading.Agents);
                break;
            case ContactQueued or QueueLeft or LegEnded { Role: LegRole.Caller }:
                refresh.Ask(Reading.Queues);
                today.Ask(((ContactEvent)message).Tenant);
                break;
            case MonitorStarted { Leg: { } leg } e:
                agents.Watch(leg, e);
                Apply(e);
                break;
            case LegEnded { Role: LegRole.Supervisor, Leg: { } leg }:
                agents.Watch(leg, null);
                break;
            case ContactEvent e:
                Apply(e);
                break;
        }

        return Task.CompletedTask;
    }

    private void Apply(ContactEvent e)
    {
        if (contacts.Apply(e))
        {
            missing.Read(e.Contact);
        }

        if (e is OfferEnded or ContactEnded)
        {
            refresh.Ask(Reading.Queues);
            today.Ask(e.Tenant);
        }
    }
}
