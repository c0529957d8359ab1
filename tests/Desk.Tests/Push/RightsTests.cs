using System.Text.Json.Nodes;
using CallCenter.Contracts.Routing;
using CallCenter.Desk.Owners;
using CallCenter.Desk.Push;
using CallCenter.Desk.Tests.Running;
using CallCenter.Hosting;
using CallCenter.TestKit.Running;

namespace CallCenter.Desk.Tests.Push;

/// <summary>Random users at their tabs and random events: everyone gets what is theirs, and nobody anything else.</summary>
public sealed class RightsTests
{
    private const int Tenants = 4, Tabs = 24, Steps = 120;
    private static readonly string?[] Teams = ["North", "South", null];

    [Fact]
    public async Task Nobody_receives_what_is_another_tenants_or_another_agents()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var tenants = Enumerable.Range(0, Tenants).Select(_ => Guid.CreateVersion7()).ToArray();
        await using var host = await DeskHost.Start(tenants);
        var queues = tenants.SelectMany(tenant => new[] { host.Owners.AddQueue(tenant), host.Owners.AddQueue(tenant) }).ToList();
        var users = new List<(Caller Caller, HubClient Tab)>();
        for (var i = 0; i < Tabs; i++)
        {
            var caller = NewCaller(host, random, tenants, queues);
            users.Add((caller, await host.Connect(caller)));
        }

        var (due, changed) = await Happen(host, random, queues, [.. users.Select(u => u.Caller).Where(c => c.Role == Role.Agent)]);
        foreach (var (caller, tab) in users)
        {
            foreach (var (contact, agent, tenant) in due.Where(d => d.Agent == caller.User && Audience.Sees(caller, d.Tenant)))
            {
                await tab.First("contact", m => (string?)m["contact"] == contact.ToString() && (string?)m["state"] == "over");
            }
            if (changed.Contains(caller.User))
            {
                var now = host.Owners.Agents[caller.User];
                await tab.First("agent", m => (string?)m["id"] == now.Id.ToString() && (string?)m["status"] == now.Status && (string?)m["team"] == now.Team);
            }
            tab.Received.ShouldAllBe(message => IsTheirs(caller, message, due));
        }
        foreach (var type in new[] { "queue", "agent" })
        {
            users.Sum(u => u.Tab.Received.Count(m => (string?)m["type"] == type)).ShouldBeGreaterThan(0, type);
        }
        foreach (var (_, tab) in users)
        {
            await tab.DisposeAsync();
        }
    }

    private static Caller NewCaller(DeskHost host, Random random, Guid[] tenants, List<QueueRead> queues)
    {
        var own = tenants.Where(_ => random.Next(2) == 0).ToArray();
        return random.Next(4) switch
        {
            0 => new Caller(Guid.CreateVersion7(), "", Role.Client, own),
            1 when random.Next(3) == 0 => new Caller(Guid.CreateVersion7(), "", Role.Administrator, []),
            1 => DeskHost.SupervisorOf([.. Teams.OfType<string>().Where(_ => random.Next(2) == 0)]),
            _ => new Caller(host.Owners.AddAgent([.. queues.Where(q => own.Contains(q.Tenant)).Select(q => q.Id)]).Id, "", Role.Agent, own),
        };
    }

    /// <summary>Offers to any agent, those of a tenant that is not theirs too; waiting callers; changes of agents.</summary>
    private static async Task<(List<(Guid Contact, Guid Agent, Guid Tenant)> Due, HashSet<Guid> Changed)> Happen(
        DeskHost host, Random random, List<QueueRead> queues, List<Caller> agents)
    {
        var (due, changed) = (new List<(Guid Contact, Guid Agent, Guid Tenant)>(), new HashSet<Guid>());
        for (var i = 0; i < Steps; i++)
        {
            var (queue, agent) = (queues[random.Next(queues.Count)], agents.Count > 0 ? agents[random.Next(agents.Count)].User : Guid.CreateVersion7());
            var call = new DeskCall(host, queue, agent);
            switch (random.Next(3))
            {
                case 0:
                    await call.Arrive();
                    await call.Offer();
                    await call.Refuse(OfferOutcome.Rejected);
                    due.Add((call.Contact, agent, queue.Tenant));
                    break;
                case 1:
                    host.Owners.Queues[queue.Id] = queue with { Waiting = random.Next(100) };
                    await call.Arrive();
                    break;
                default:
                    if (host.Owners.Agents.TryGetValue(agent, out var known))
                    {
                        await host.Tell(host.Owners.Agents[agent] = known with { Status = random.Next(2) == 0 ? "Break" : "Available", Team = Teams[random.Next(Teams.Length)] });
                        changed.Add(agent);
                    }
                    break;
            }
        }
        return (due, changed);
    }

    private static bool IsTheirs(Caller caller, JsonNode message, List<(Guid Contact, Guid Agent, Guid Tenant)> due) => (string?)message["type"] switch
    {
        "clock" => true,
        "agent" => caller.Role == Role.Agent ? (Guid)message["id"]! == caller.User : IsOfTheirTeams(caller, (string?)message["team"]),
        "agentLeft" => caller is { Role: Role.Supervisor, Teams.Count: > 0 },
        "queue" => Allowed(caller, (Guid)message["tenant"]!),
        "contact" => Allowed(caller, (Guid)message["tenant"]!["id"]!) && due.Contains(((Guid)message["contact"]!, caller.User, (Guid)message["tenant"]!["id"]!)),
        _ => false,
    };

    private static bool IsOfTheirTeams(Caller caller, string? team) => caller.Role switch
    {
        Role.Administrator => true,
        Role.Supervisor => caller.Teams.Count == 0 || caller.Teams.Any(one => one == team),
        _ => false,
    };

    // Said again here, apart from the code under test.
    private static bool Allowed(Caller caller, Guid tenant) => caller.Role switch
    {
        Role.Supervisor or Role.Administrator => true,
        Role.Agent => caller.Tenants.Count == 0 || caller.Tenants.Contains(tenant),
        _ => caller.Tenants.Contains(tenant),
    };
}
