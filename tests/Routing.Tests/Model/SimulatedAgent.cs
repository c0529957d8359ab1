using CallCenter.Contracts.Routing;
using CallCenter.Contracts.Telephony;
using CallCenter.Routing.Agents;
using Npgsql;

namespace CallCenter.Routing.Tests.Model;

/// <summary>An agent at a desk, and the phone.</summary>
internal sealed class SimulatedAgent
{
    private readonly World world;

    public SimulatedAgent(World world)
    {
        this.world = world;
        Id = world.NewId();
        Device = new Lane(world, World.Operator, Id, "telephony/g");
    }

    public Guid Id { get; }

    public Lane Device { get; }

    /// <summary>The phone can be rung.</summary>
    public bool Rings { get; private set; }

    public IAgentGrain Grain => world.Process.Grains.GetGrain<IAgentGrain>(Id.ToString());

    public void Register()
    {
        Rings = true;
        Device.Tell(new DeviceReachable(World.Gateway, world.Clock.Now().AddHours(1)));
    }

    public void Unregister()
    {
        Rings = false;
        Device.Tell(new DeviceUnreachable("unregistered"));
    }

    /// <summary>The phone is gone, and nobody is told.</summary>
    public void GoSilent() => Rings = false;

    public void Choose(AgentStatus status) => world.Ask(() => Grain.Choose(status.ToString(), null, "agent"));
}
