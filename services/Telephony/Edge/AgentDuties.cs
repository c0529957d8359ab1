using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using CallCenter.Contracts.Routing;
using CallCenter.Hosting;

namespace CallCenter.Telephony.Edge;

/// <summary>What of an agent decides about its line.</summary>
/// <param name="StandingLeg">The line is to stay up for the shift.</param>
internal sealed record AgentDuty(AgentStatus Status, AgentState State, bool StandingLeg)
{
    /// <summary>A leg is wanted now.</summary>
    public bool WantsLeg => StandingLeg && Status != AgentStatus.LoggedOut;
}

/// <summary>
/// The agents as Routing tells them: each change by its event, all of them at the start and each minute, for an event that was lost. An older
/// event than was seen is dropped by its number; a read does not overwrite what an event told while it was under way.
/// </summary>
internal sealed class AgentDuties(IHttpClientFactory clients, TimeProvider clock, ILogger<AgentDuties> logger) : ITransientHandler
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1), Again = TimeSpan.FromSeconds(5);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly Lock gate = new();
    private readonly Dictionary<Guid, Known> agents = [];
    private long touches;

    /// <summary>An agent's duty: before (null: not known) and now. One at a time.</summary>
    public event Action<Guid, AgentDuty?, AgentDuty>? Changed;

    public AgentDuty? Of(Guid agent)
    {
        lock (gate)
        {
            return agents.GetValueOrDefault(agent)?.Duty;
        }
    }

    /// <inheritdoc/>
    public Task Handle(object message, CancellationToken ct)
    {
        if (message is AgentChanged e)
        {
            lock (gate)
            {
                if (!(agents.GetValueOrDefault(e.Stream)?.Sequence >= e.Sequence))
                {
                    Take(e.Stream, new(e.Current.Status, e.Current.State, e.Current.StandingLeg), e.Sequence);
                }
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>Reads all, again and again, until it is stopped.</summary>
    public async Task Follow(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(await Read(ct) ? Period : Again, clock, ct);
        }
    }

    private async Task<bool> Read(CancellationToken ct)
    {
        long begun;
        lock (gate)
        {
            begun = touches;
        }
        try
        {
            using var client = clients.CreateClient("Routing");
            var read = await client.GetFromJsonAsync<Agents>("api/agents", Json, ct);
            lock (gate)
            {
                foreach (var item in (read?.Items ?? []).Where(i => !(agents.GetValueOrDefault(i.Id)?.Touch > begun)))
                {
                    Take(item.Id, new(item.Status, item.State, item.StandingLeg), agents.GetValueOrDefault(item.Id)?.Sequence ?? 0);
                }
            }
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            Log.DutiesUnread(logger, e.Message);
            return false;
        }
    }

    private void Take(Guid agent, AgentDuty now, long sequence)
    {
        var before = agents.GetValueOrDefault(agent)?.Duty;
        agents[agent] = new Known(now, sequence, ++touches);
        if (before != now)
        {
            Changed?.Invoke(agent, before, now);
        }
    }

    private sealed record Known(AgentDuty Duty, long Sequence, long Touch);

    private sealed record Agents(IReadOnlyList<Agent> Items);

    private sealed record Agent(Guid Id, AgentStatus Status, AgentState State, bool StandingLeg);
}
