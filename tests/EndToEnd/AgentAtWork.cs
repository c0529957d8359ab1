using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>An agent who signed in, whose phone is registered and who is Available.</summary>
public sealed class AgentAtWork : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly RunningCenter _center;
    private readonly TestAgent _agent;

    private AgentAtWork(RunningCenter center, TestAgent agent, Api api, TestPhone phone)
    {
        _center = center;
        _agent = agent;
        Api = api;
        Phone = phone;
    }

    public string User => _agent.User;

    public Guid Id { get; private set; }

    public Api Api { get; }

    public TestPhone Phone { get; private set; }

    /// <summary>Begins the shift and waits until calls can come.</summary>
    public static async Task<AgentAtWork> Begin(RunningCenter center, TestAgent agent, double hertz = 1000, WhenRinging whenRinging = WhenRinging.Answer)
    {
        var api = await Api.SignIn(center.Address, agent.User, agent.Password);
        var phone = await TestPhone.Register(center.Sip, agent.SipUser, agent.SipPassword, hertz);
        phone.WhenRinging = whenRinging;
        var atWork = new AgentAtWork(center, agent, api, phone) { Id = (await api.Agent(agent.User)).Id };
        await atWork.SetStatus("Available");
        await atWork.Is("Available", "Idle", Soon);
        return atWork;
    }

    /// <summary>The demo's agent of that name.</summary>
    public static Task<AgentAtWork> Begin(RunningCenter center, string user, WhenRinging whenRinging = WhenRinging.Answer) =>
        Begin(center, TestAgent.OfDemo(center.Demo, user), whenRinging: whenRinging);

    public Task SetStatus(string status, string? reason = null) => Api.SetStatus(Id, status, reason);

    public Task<AgentView> View() => Api.Agent(User);

    /// <summary>Waits until the agent has that status and state.</summary>
    public Task<AgentView> Is(string status, string state, TimeSpan within) =>
        Eventually.Get($"agent {User} {status} and {state}", within, View, a => a.Status == status && a.State == state);

    /// <summary>Switches another phone on in place of one that vanished.</summary>
    public async Task NewPhone()
    {
        var ringing = Phone.WhenRinging;
        Phone = await TestPhone.Register(_center.Sip, _agent.SipUser, _agent.SipPassword);
        Phone.WhenRinging = ringing;
    }

    /// <summary>Ends the shift.</summary>
    public async ValueTask DisposeAsync()
    {
        await SetStatus("LoggedOut");
        await Phone.DisposeAsync();
        Api.Dispose();
    }
}

/// <summary>What it takes to work as an agent.</summary>
public sealed record TestAgent(string User, string Password, string SipUser, string SipPassword)
{
    public static TestAgent OfDemo(DemoData demo, string user)
    {
        var phone = demo.Phones.Single(p => p.User == user);
        return new TestAgent(user, demo.Users.Single(u => u.User == user).Password, phone.SipUser, phone.SipPassword);
    }
}
