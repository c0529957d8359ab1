using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Routing;

namespace CallCenter.Ivr.Flows;

/// <summary>A rule of the queue gave the caller up: the flow goes on where its queue step says.</summary>
internal sealed partial class Interpreter
{
    private FlowState? OnQueueLeft(FlowState s, QueueRule rule) => s switch
    {
        { Outcome: not null } or { CallbackAsked: true } => s,
        _ when flow.Steps[s.Step].Queue is null => s,
        { HasControl: true, AgentLeg: null } => AfterQueue(s, rule),
        _ => s with { GivenUpBy = rule },
    };

    private FlowState? AfterQueue(FlowState s, QueueRule rule)
    {
        var queue = flow.Steps[s.Step].Queue!;
        var next = rule switch { QueueRule.MaxWait => queue.TimedOut, QueueRule.MaxLength => queue.Full, _ => queue.NoAgent };
        var after = s with { GivenUpBy = null, Told = null, Talk = null };
        return next is null ? Finish(after, HungUp(after), null, $"queue: {rule}") : Enter(after, next);
    }
}
