/* The chart: Plotly by trame-plotly, fetched when a chart is first shown and not before (it is 4.6 MB). */
(function (twin) {
  "use strict";

  let loading = null;

  function load(address) {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => {
        twin.app.use(window.trame_plotly);
        resolve();
      };
      script.onerror = reject;
      document.head.appendChild(script);
    });
    return loading;
  }

  twin.components["twin-chart"] = {
    props: { figure: { type: Object, required: true }, address: { type: String, required: true } },
    template: `<trame-plotly v-if="ready" :data="figure.data" :layout="figure.layout" :displayModeBar="false"
                             :displaylogo="false" :responsive="true" :scrollZoom="false" @Relayout="zoomed"/>`,
    emits: ["zoom", "whole"],
    data: () => ({ ready: false }),
    methods: {
      zoomed(change) {
        if (change["xaxis.autorange"]) this.$emit("whole");
        else if (change["xaxis.range[0]"]) this.$emit("zoom", [change["xaxis.range[0]"], change["xaxis.range[1]"]].map(String));
      },
    },
    async mounted() {
      await load(this.address);
      this.ready = true;
    },
  };
})(window.twinDesk);
