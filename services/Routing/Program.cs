using CallCenter.Hosting;
using CallCenter.Routing;

var builder = WebApplication.CreateBuilder(args);
await builder.UseSidecar();
builder.AddCallCenterDefaults();
builder.AddRouting();
var app = builder.Build();
app.MapCallCenterDefaults();
app.MapRouting();
await app.RunOrMigrate(args);
