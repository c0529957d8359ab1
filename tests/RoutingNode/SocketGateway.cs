using System.Collections.Concurrent;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;

namespace CallCenter.RoutingNode;

/// <summary>The gateway's end of the bus: commands go over the wire, the answers come back.</summary>
internal sealed class SocketGateway : IGatewayCommandHandler
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<CommandResult>> open = new();
    private RoutingWire? wire;

    public void Connect(RoutingWire to) => wire = to;

    public Task<CommandResult> Handle(CallCommand command)
    {
        var answer = open.GetOrAdd(command.CommandId, _ => new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously));
        wire!.Send(command);
        return answer.Task;
    }

    public void Answered(CommandResult result)
    {
        if (open.TryRemove(result.CommandId, out var answer))
        {
            answer.TrySetResult(result);
        }
    }
}
