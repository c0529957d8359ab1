using CallCenter.Contracts;
using CallCenter.Hosting;
using CallCenter.Recording.Play;
using CallCenter.Recording.Sealing;
using CallCenter.Recording.Store;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CallCenter.Recording;

/// <summary>Recordings: stored as they come, sealed when they are whole, found and played.</summary>
public static class RecordingService
{
    internal const string Name = "recording";

    /// <summary>Adds the service; needs <see cref="CallCenterDefaults.AddCallCenterDefaults"/>.</summary>
    public static void AddRecording(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase(Name, typeof(RecordingService).Assembly);
        builder.AddOutbox(Name);
        builder.AddConfigurationSnapshots(Name);
        builder.AddInbox<RecordingEvents>(Name, EventCatalog.From("Telephony"));
        builder.Services.AddSingleton<BlockFiles>();
        builder.Services.AddSingleton<Seal>();
        builder.Services.AddSingleton<Visible>();
        builder.Services.AddSingleton<PutBlocks>();
        builder.Services.AddSingleton<GetAudio>();
        builder.Services.AddSingleton<ListRecordings>();
    }

    /// <summary>Maps <c>/api/recordings</c>.</summary>
    public static void MapRecording(this IEndpointRouteBuilder app)
    {
        PutBlocks.Map(app);
        GetAudio.Map(app);
        ListRecordings.Map(app);
    }
}
