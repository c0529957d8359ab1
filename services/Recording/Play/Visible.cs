using CallCenter.Hosting;
using CallCenter.Recording.Store;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Recording.Play;

/// <summary>Which recordings a caller may see: a supervisor the operator's, an agent those it speaks in, others those of their tenants.</summary>
internal sealed class Visible([FromKeyedServices(RecordingService.Name)] ConfigurationSnapshots snapshots)
{
    /// <summary>The roles that may see recordings at all.</summary>
    public static readonly Role[] Roles = [Role.Supervisor, Role.Agent, Role.Client, Role.Administrator, Role.Service];

    /// <summary>The tenants to look in; an administrator without tenants works for the operator.</summary>
    public IReadOnlyCollection<Guid> Tenants(Caller caller)
    {
        var all = snapshots.Operator()?.Tenants ?? [];
        return caller.Role switch
        {
            Role.Supervisor or Role.Agent or Role.Service => all,
            Role.Administrator when caller.Tenants.Count == 0 => all,
            _ => caller.Tenants,
        };
    }

    /// <summary>The agent whose recordings alone are seen; null for all.</summary>
    public static Guid? Agent(Caller caller) => caller.Role == Role.Agent ? caller.User : null;

    /// <summary>The row when the caller may see it.</summary>
    public static RecordingRow? Only(Caller caller, RecordingRow? row) => Agent(caller) is { } agent && row?.Agent != agent ? null : row;
}
