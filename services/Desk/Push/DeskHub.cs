using CallCenter.Contracts;
using CallCenter.Desk.Live;
using CallCenter.Hosting;
using Microsoft.AspNetCore.SignalR;

namespace CallCenter.Desk.Push;

/// <summary>
/// <c>/hub</c>: server to client only, one method a message type (<c>agent</c>, <c>contact</c>, <c>queue</c>, <c>clock</c>) with the
/// message as its one argument. What a client wants it asks the owners' APIs for.
/// </summary>
internal sealed class DeskHub(Connections connections, LiveQueues queues, IHubContext<DeskHub> hub, TimeProvider clock) : Hub
{
    public override Task OnConnectedAsync()
    {
        var caller = Caller.From(Context.User) ?? throw new HubException("Sign in first.");
        var client = hub.Clients.Client(Context.ConnectionId);
        var connection = new Connection(
            Context.ConnectionId, caller, message => client.SendAsync(message.Type, message.Body), Context.Abort);
        if (connections.Open(connection))
        {
            connection.Offer(Outgoing.Of(new ClockMessage(clock.Now(), queues.AsOf)));
        }
        else
        {
            connection.Abort();
        }

        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Close(Context.ConnectionId);
        return Task.CompletedTask;
    }
}
