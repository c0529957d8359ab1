using System.Threading.Channels;
using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Queues;
using Npgsql;

namespace CallCenter.Benchmarks.Acd;

/// <summary>
/// Who gets whom as FreeSWITCH's mod_callcenter decides it: members, agents and tiers are tables; each 100 ms one thread reads all members who wait, the one with the
/// highest score first, and for each the agents of its queue in the strategy's order; the first who waits and whose wrap-up is over is reserved by an UPDATE that asks
/// for the state again. What calls do meanwhile is written as it comes, by another connection. It runs in the load's own process, so that no message costs it time.
/// </summary>
internal sealed class PollingReference : IAcdRouter, IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly Channel<DomainEvent> told = Channel.CreateUnbounded<DomainEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<Guid, QueueRecord> queues;
    private readonly NpgsqlDataSource database;
    private readonly TimeProvider clock;
    private Task running = Task.CompletedTask;

    private PollingReference(NpgsqlDataSource database, AcdPlan plan, TimeProvider clock)
    {
        (this.database, this.clock) = (database, clock);
        queues = plan.Queues.ToDictionary(queue => queue.Id);
    }

    /// <summary>Where commands go.</summary>
    public Action<CallCommand> Calls { get; set; } = _ => { };

    public static async Task<PollingReference> Start(string connectionString, AcdPlan plan, TimeProvider clock)
    {
        var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 32 });
        var reference = new PollingReference(database, plan, clock);
        await using var connection = await database.OpenConnectionAsync();
        await Execute(connection, """
            CREATE SCHEMA polled;
            CREATE TABLE polled.members (id uuid PRIMARY KEY, queue uuid NOT NULL, state text NOT NULL, priority int NOT NULL, joined timestamptz NOT NULL, agent uuid);
            CREATE INDEX ON polled.members (state);
            CREATE TABLE polled.agents (id uuid PRIMARY KEY, status text NOT NULL, state text NOT NULL, wrap_up_until timestamptz NOT NULL,
              last_offer timestamptz NOT NULL, answered int NOT NULL, talk_ms bigint NOT NULL);
            CREATE TABLE polled.tiers (queue uuid NOT NULL, agent uuid NOT NULL, level int NOT NULL, position int NOT NULL, PRIMARY KEY (queue, agent));
            CREATE INDEX ON polled.tiers (agent);
            """);
        await reference.Fill(plan);
        reference.running = Task.WhenAll(Task.Run(reference.Poll), Task.Run(reference.Write));
        return reference;
    }

    public void Send(DomainEvent e) => told.Writer.TryWrite(e);

    public void Send(CommandResult answer)
    {
        // It does not wait for answers.
    }

    public async ValueTask DisposeAsync()
    {
        told.Writer.TryComplete();
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        await database.DisposeAsync();
    }

    private async Task Fill(AcdPlan plan)
    {
        await using var connection = await database.OpenConnectionAsync();
        foreach (var agent in plan.Agents)
        {
            await Execute(connection, "INSERT INTO polled.agents VALUES ($1, 'Available', 'Waiting', 'epoch', 'epoch', 0, 0)", agent.Agent);
            foreach (var entry in agent.Queues)
            {
                await Execute(connection, "INSERT INTO polled.tiers VALUES ($1, $2, $3, $4)", entry.Queue, agent.Agent, entry.Tier, entry.Position);
            }
        }

        await Execute(connection, "ANALYZE polled.members, polled.agents, polled.tiers");
    }

    private async Task Poll()
    {
        await using var connection = await database.OpenConnectionAsync();
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                foreach (var (member, queue) in await Waiting(connection))
                {
                    await Offer(connection, member, queue);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It was told to end.
        }
    }

    // A step of priority is worth a minute of waiting, as with us.
    private static async Task<List<(Guid Member, Guid Queue)>> Waiting(NpgsqlConnection connection)
    {
        const string sql = "SELECT id, queue FROM polled.members WHERE state = 'Waiting' ORDER BY extract(epoch FROM now() - joined) - 60 * priority DESC";
        var waiting = new List<(Guid, Guid)>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            waiting.Add((rows.GetGuid(0), rows.GetGuid(1)));
        }

        return waiting;
    }

    private async Task Offer(NpgsqlConnection connection, Guid member, Guid queue)
    {
        var order = queues[queue].Strategy switch
        {
            AgentStrategy.FewestContacts => "a.answered, a.last_offer",
            AgentStrategy.LeastTalkTime => "a.talk_ms, a.last_offer",
            AgentStrategy.Tiers or AgentStrategy.Linear => "t.level, t.position, a.last_offer",
            _ => "a.last_offer",
        };
        await using var choose = new NpgsqlCommand($"""
            SELECT a.id FROM polled.agents a JOIN polled.tiers t ON t.agent = a.id
            WHERE t.queue = $1 AND a.status = 'Available' AND a.state = 'Waiting' AND a.wrap_up_until < now() ORDER BY {order} LIMIT 1
            """, connection) { Parameters = { new() { Value = queue } } };
        if (await choose.ExecuteScalarAsync() is Guid agent
            && await Execute(connection, "UPDATE polled.agents SET state = 'Receiving', last_offer = now() WHERE id = $1 AND state = 'Waiting'", agent) == 1)
        {
            await Execute(connection, "UPDATE polled.members SET state = 'Trying', agent = $2 WHERE id = $1", member, agent);
            Calls(new OfferLeg(Guid.CreateVersion7(), agent, queues[queue].OfferTimeoutMs) { Tenant = queues[queue].Tenant, Contact = member, CommandId = Guid.CreateVersion7() });
        }
    }

    private async Task Write()
    {
        await using var connection = await database.OpenConnectionAsync();
        await foreach (var e in told.Reader.ReadAllAsync())
        {
            await Write(connection, e);
        }
    }

    private async Task Write(NpgsqlConnection connection, DomainEvent e)
    {
        switch (e)
        {
            case QueueRequested request:
                await Execute(connection, "INSERT INTO polled.members VALUES ($1, $2, 'Waiting', $3, now(), NULL)", request.Stream, request.Queue, queues[request.Queue].Priority);
                break;
            case LegAccepted accepted:
                await Execute(connection, "UPDATE polled.agents SET state = 'In a queue call', answered = answered + 1 WHERE id = $1", accepted.Agent);
                await Execute(connection, "UPDATE polled.members SET state = 'Answered' WHERE id = $1", accepted.Stream);
                Calls(new ConnectAgent(accepted.Leg!.Value, null) { Tenant = accepted.Tenant, Contact = accepted.Stream, CommandId = Guid.CreateVersion7() });
                break;
            case LegEnded { Role: LegRole.Agent, Agent: { } agent }:
                await Execute(connection, "UPDATE polled.agents SET state = 'Waiting', wrap_up_until = $2, talk_ms = talk_ms + 2000 WHERE id = $1", agent, e.OccurredAt.AddSeconds(1));
                break;
            case CallClosed:
                await Execute(connection, "DELETE FROM polled.members WHERE id = $1", e.Stream);
                break;
        }
    }

    private static async Task<int> Execute(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return await command.ExecuteNonQueryAsync();
    }
}
